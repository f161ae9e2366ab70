"""`flask pitturu items`: all or nothing, what changes is shown, and stock that a file sets is a line of the ledger."""

import getpass
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from pitturu.store import items
from pitturu.store.items import Item
from pitturu.store.unit_of_work import unit_of_work
from tests.operators import logged
from tests.shop import Json, Shop
from tests.waiting import another_waits, until

ITEMS = """sku,name,price,stock,tax_free
TEA,보성 녹차,12000,20,
RICE,햅쌀 10kg,39000,5,true
COURSE,강의,33000,unlimited,
"""

Import = Callable[..., Result]


@pytest.fixture
def run(shop: Shop, tmp_path: Path) -> Import:
    """Import a file of this text; what is said on both channels is in `output`."""
    shop.login("boss", "finance")

    def command(text: str, *options: str, name: str = "items.csv") -> Result:
        (tmp_path / name).write_text(text)
        return shop.app.test_cli_runner().invoke(args=["pitturu", "items", "import", str(tmp_path / name), *options])

    return command


def catalogue(shop: Shop) -> dict[str, Json]:
    """All items by SKU, as operators see them."""
    return {item["sku"]: item for item in shop.get("/catalogue/items", "boss")["items"]}


def test_items_are_created_changed_and_left_alone(shop: Shop, run: Import) -> None:
    assert run(ITEMS).output.splitlines() == [
        "new      TEA: name '보성 녹차', price 12000, stock 20",
        "new      RICE: name '햅쌀 10kg', price 39000, stock 5, tax_free true",
        "new      COURSE: name '강의', price 33000, stock none",
        "3 new, 0 changed (0 with another stock), 0 unchanged.",
    ]
    session = shop.open(catalogue(shop)["RICE"]["id"], quantity=2)

    changed = run("sku,price,stock,active\nRICE,41000,9,\nTEA,12000,,false\nCOURSE,33000,unlimited,true\n")

    assert changed.output.splitlines() == [
        "changed  RICE: price 39000 -> 41000, stock 3 -> 9",
        "changed  TEA: active true -> false",
        "0 new, 2 changed (1 with another stock), 1 unchanged.",
    ]
    rice = catalogue(shop)["RICE"]
    assert (rice["price"], rice["stock"], rice["tax_free"], rice["name"]) == (41_000, 9, True, "햅쌀 10kg")
    assert shop.session(session)["amount"] == 78_000
    lines = shop.get(f"/catalogue/items/{rice['id']}/stock", "boss")["items"]
    who = f"cli:{getpass.getuser()}"
    assert [(line["kind"], line["quantity"], line["reason"], line["by"]) for line in lines] == [
        ("correction", 6, "import of items.csv", who),
        ("initial", 5, None, who),
    ]
    (first, _) = logged(shop.app, action="import_items")
    assert (first.who, first.detail) == (who, "3 new, 0 changed (0 with another stock), 0 unchanged")
    assert first.request_id == lines[-1]["request_id"]
    shop.audit()


def test_a_dry_run_shows_the_same_and_changes_nothing(shop: Shop, run: Import) -> None:
    shown = run(ITEMS, "--dry-run").output
    assert shown.splitlines()[-1].endswith("Nothing was changed: this was a dry run.")
    assert (catalogue(shop), logged(shop.app, action="import_items")) == ({}, [])
    assert run(ITEMS).output.splitlines()[:-1] == shown.splitlines()[:-1]


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_one_wrong_line_stops_all_of_them(shop: Shop, run: Import, options: tuple[str, ...]) -> None:
    answer = run(f"{ITEMS}OIL,참기름,0,1,\nNEW,,1000,1,\n", *options)
    assert answer.exit_code == 1
    assert answer.output.splitlines() == [
        "Error: 2 rows cannot be used.",
        "  line 5: price must be a whole number from 1 to 2000000000 without separators, like 24900.",
        "  line 6: NEW is a new item, so it needs name as well.",
        "Nothing was changed. Correct them and import again.",
    ]
    assert catalogue(shop) == {}


def test_an_item_whose_sku_changes_at_the_moment_is_left_alone(shop: Shop, run: Import) -> None:
    """The import waits for whoever changes it, and then no item has that SKU."""
    run(ITEMS)
    renamed = threading.Event()

    def rename() -> None:
        with shop.app.app_context(), unit_of_work() as work:
            (item,) = items.by_sku(["RICE"]).values()
            item.sku = "OLD-RICE"
            work.flush()
            renamed.set()
            until(lambda: another_waits(work), "the import waits")

    other = threading.Thread(target=rename)
    other.start()
    assert renamed.wait(60)
    answer = run("sku,price\nRICE,1\n")
    other.join(60)
    assert "RICE is a new item, so it needs name and stock as well." in answer.output
    assert catalogue(shop)["OLD-RICE"]["price"] == 39_000


def test_only_items_that_differ_are_locked(shop: Shop, run: Import) -> None:
    """A nightly import of everything keeps nobody waiting who buys what has not changed."""
    run(ITEMS)
    held, imported = threading.Event(), threading.Event()

    def hold() -> None:
        with shop.app.app_context(), unit_of_work():
            items.lock([items.by_sku(["RICE"])["RICE"].id])
            held.set()
            imported.wait(60)

    buyer = threading.Thread(target=hold)
    buyer.start()
    assert held.wait(60)
    answer = run("sku,price\nRICE,39000\nTEA,1\n")
    imported.set()
    buyer.join(60)
    assert "0 new, 1 changed (0 with another stock), 1 unchanged." in answer.output


def test_many_errors_are_counted(run: Import) -> None:
    answer = run("sku\n" + "?\n" * 60)
    assert len(answer.output.splitlines()) == 1 + 50 + 1 + 1
    assert "  and 10 more" in answer.output


def test_json_may_clear_what_csv_cannot(shop: Shop, run: Import) -> None:
    run('[{"sku": "TEA", "name": "x", "price": 1, "stock": 1, "image_url": "https://a.example/b.png"}]', name="a.json")
    assert run('[{"sku": "TEA", "image_url": null, "stock": null}]', name="a.json").exit_code == 0
    tea = catalogue(shop)["TEA"]
    assert (tea["image_url"], tea["stock"]) == (None, None)
    assert "entry 1" in run('[{"sku": "TEA", "price": 0}]', name="a.json").output


def test_what_a_terminal_would_obey_is_not_shown(shop: Shop, run: Import) -> None:
    """A name of before, written in SQL, with an escape sequence and a reversal of the direction of text."""
    run("sku,name,price,stock\nTEA,x,1,1\n")
    shop.set(Item, name="\x1b[2J\u202eevil")
    answer = run("sku,name\nTEA,y\n")
    assert answer.output.splitlines()[0] == "changed  TEA: name '?[2J?evil' -> 'y'"
    assert "\x1b" not in run("sku,pri\x1bce\nTEA,1\n").output


def test_a_ledger_that_lacks_lines_is_completed(shop: Shop, run: Import) -> None:
    run(ITEMS)
    shop.set(Item, stock=8)
    recount: Any = lambda: shop.app.test_cli_runner().invoke(args=["pitturu", "items", "recount"]).output  # noqa: E731
    assert recount() == "The ledgers of 3 items did not add up; the missing lines were added.\n"
    assert {item["stock"] for item in catalogue(shop).values()} == {8}
    shop.audit()
    assert recount() == "Every ledger adds up.\n"
