"""What operators may do about a case, and cases that they have dealt with elsewhere."""

from datetime import timedelta
from typing import Any

import pytest

from pitturu.domain import clock
from pitturu.monitoring import statistics
from pitturu.payments import stuck_cases
from pitturu.services import services
from pitturu.store import dead_letters
from pitturu.store.cancellations import Cancellation
from pitturu.store.dead_letters import Wanted
from tests.operators import logged
from tests.shop import Json, Shop
from tests.store.plans import plans


@pytest.fixture(autouse=True)
def operator(shop: Shop) -> None:
    """Somebody with every right."""
    shop.login("operator", "admin")


@pytest.fixture
def stuck(shop: Shop) -> Json:
    """A paid session whose cancel ran out of attempts."""
    session = shop.paid()
    shop.cancel(session)
    shop.set(Cancellation, due_at=None, dead_at=clock.now(), attempts=50)
    return session


def replay(shop: Shop, body: Json) -> Json:
    return shop.post("/operations/replay", body, "operator")


def dead(shop: Shop, **query: Any) -> Json:
    return shop.get("/operations/dead", "operator", query_string=query)


ACTIONS = [
    ({"stage": "needs_account"}, "needs_account", ["refund_account", "acknowledge"], ["acknowledge"]),
    (
        {"stage": "refused", "origin": "system", "name": None},
        "refused",
        ["refund", "refund_account", "acknowledge"],
        ["refund", "acknowledge"],
    ),
    ({"stage": "return_requested"}, "return_requested", ["decide"], ["decide"]),
    ({"stage": "awaiting_approval"}, "awaiting_approval", ["decide"], []),
]


@pytest.mark.parametrize(("columns", "reason", "finance", "support"), ACTIONS, ids=[row[1] for row in ACTIONS])
def test_each_case_has_the_actions_that_its_reader_may_take(
    shop: Shop, columns: Json, reason: str, finance: list[str], support: list[str]
) -> None:
    shop.cancel(shop.paid())
    shop.set(Cancellation, due_at=None, decided_at=clock.now(), **columns)
    for role, actions in (("finance", finance), ("support", support), ("viewer", [])):
        shop.login(role, role)
        (one,) = shop.get("/operations/dead", role)["items"]
        assert (one["reason"], one["actions"]) == (reason, actions)


def acknowledge(shop: Shop, *ids: str, user: str = "operator", status: int = 200) -> Json:
    return shop.post("/operations/acknowledge", {"ids": ids, "note": "paid back by hand"}, user, status)


def test_what_was_dealt_with_elsewhere_leaves_the_list(shop: Shop, stuck: Json) -> None:
    (one,) = dead(shop)["items"]
    shop.login("support", "support")

    assert acknowledge(shop, one["id"], one["id"], user="support")["acknowledged"] == [one["id"]]

    assert dead(shop)["total"] == 0
    assert replay(shop, {"all": True})["replayed"] == []
    with shop.app.app_context():
        assert set(statistics.attention().values()) == {0}
        assert dead_letters.count_dead(services().registry.row_kinds, 10) == {}
    (kept,) = dead(shop, acknowledged=True)["items"]
    case = kept["acknowledged"]
    assert (kept["id"], case["by"], case["note"]) == (one["id"], "support", "paid back by hand")
    (line,) = logged(shop.app, action="acknowledge")
    about = (line.who, line.whom, line.what_kind, line.what_id, line.detail)
    assert about == ("support", "hana", "cancellation", one["id"], "paid back by hand")
    assert shop.kept(shop.payment(stuck)["imp_uid"]) == 10_000, "nothing was done"

    path = f"/api/v1/operations/acknowledge/{one['id']}"
    for done in ([one["id"]], []):
        answer = shop.client.delete(path, headers=shop.login("support"))
        assert answer.json["acknowledged"] == done
    assert dead(shop)["total"] == 1
    reopened = [(line.whom, line.what_id, line.detail) for line in logged(shop.app, action="reopen")]
    assert reopened == [("hana", one["id"], None), (None, None, "nothing")]


def test_the_log_names_each_case_however_long_the_note_is(shop: Shop) -> None:
    """A thief would fill the line with words, so that it does not say what was hidden."""
    for user in ("hana", "minji", "seoyeon"):
        shop.cancel(shop.paid(user=user), user=user)
    shop.set(Cancellation, due_at=None, dead_at=clock.now(), attempts=50)
    ids = [one["id"] for one in dead(shop)["items"]]
    note = "x" * 255
    shop.post("/operations/acknowledge", {"ids": ["no-such-row", *ids], "note": note}, "operator", 200)
    lines = logged(shop.app, action="acknowledge")
    assert {(line.what_id, line.detail) for line in lines} == {(name, note) for name in ids}
    assert {line.whom for line in lines} == {"hana", "minji", "seoyeon"}
    shop.post("/operations/acknowledge", {"ids": ["no-such-row"], "note": "why"}, "operator", 200)
    assert [line.detail for line in logged(shop.app, action="acknowledge")[len(ids) :]] == ["why: nothing"]


def test_it_comes_back_when_it_fails_again(shop: Shop, stuck: Json) -> None:
    (one,) = dead(shop)["items"]
    acknowledge(shop, one["id"])
    shop.set(Cancellation, dead_at=clock.now() + timedelta(seconds=1))
    assert dead(shop)["total"] == 1

    acknowledge(shop, one["id"])
    shop.set(Cancellation, dead_at=clock.now() - timedelta(days=1))
    assert dead(shop)["total"] == 0
    assert replay(shop, {"ids": [one["id"]]})["replayed"] == [one["id"]]
    assert dead(shop, acknowledged=True)["total"] == 0
    assert shop.payment(stuck)["cancellations"][0]["stage"] == "requested"


def test_what_cannot_be_acknowledged(shop: Shop) -> None:
    """A thief would hide a return, or a large refund, from the person who has to decide it."""
    session = shop.paid()
    shop.cancel(session)
    shop.set(Cancellation, due_at=None, stage="return_requested")
    (one,) = dead(shop)["items"]

    left = acknowledge(shop, one["id"], "nothing", session["session_id"])
    assert left["acknowledged"] == []
    reasons = {each["id"]: each["reason"] for each in left["left_alone"]}
    assert reasons[one["id"]] == "A person has to decide it: approve or reject it."
    assert reasons["nothing"].startswith("No row has this id.")
    assert reasons[session["session_id"]].startswith("It waits for nothing")
    assert dead(shop)["total"] == 1
    shop.login("viewer", "viewer")
    assert acknowledge(shop, one["id"], user="viewer", status=403)["code"] == "permission_needed"
    assert acknowledge(shop, one["id"], user="hana", status=403)["code"] == "operators_only"
    blank = shop.post("/operations/acknowledge", {"ids": [one["id"]], "note": " "}, "operator", 422)
    assert blank["code"] == "validation_failed"


def test_an_account_for_an_acknowledged_refund_lists_it_again_if_that_fails(shop: Shop) -> None:
    shop.cancel(shop.paid())
    shop.set(Cancellation, due_at=None, stage="needs_account", origin="system", name=None)
    (one,) = dead(shop)["items"]
    acknowledge(shop, one["id"])
    body = {"reason": "account", "refund_account": {"bank": "088", "number": "110-123-456789", "holder": "김하나"}}
    shop.post(f"/payments/{one['payment_id']}/cancel", body, "operator")
    shop.set(Cancellation, due_at=None, stage="needs_account")
    assert dead(shop)["total"] == 1


def test_no_statement_reads_a_whole_table(shop: Shop, stuck: Json) -> None:
    """Dead rows and cases have partial indexes; acknowledgements are looked up by their key."""
    with shop.app.app_context():
        registry = services().registry

        def read() -> None:
            found = dead_letters.page(registry.row_kinds, Wanted(), 10)
            dead_letters.count(registry.row_kinds, Wanted(acknowledged=True))
            stuck_cases.of(registry, found)
            dead_letters.count_dead(registry.row_kinds, 10)

        for plan in plans(read):
            assert "Seq Scan" not in plan, plan
