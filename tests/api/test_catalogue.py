"""The catalogue for operators: who may change it, what is refused, and what buyers see of it."""

from typing import Any
from uuid import uuid4

import pytest

from pitturu.store import items
from tests.operators import logged
from tests.shop import Json, Shop
from tests.store.plans import plans
from tests.values import BUYER

PATH = "/catalogue/items"
NEW = {"sku": "COFFEE-500", "name": "강릉 원두커피 500g", "price": 18_500, "stock": 3}


@pytest.fixture
def managed(shop: Shop) -> Shop:
    """A shop with an operator of finance."""
    shop.login("boss", "finance")
    return shop


def create(shop: Shop, **columns: Any) -> Json:
    return shop.post(PATH, NEW | columns, "boss", 201)


def patch(shop: Shop, item: Json, status: int = 200, user: str = "boss", **columns: Any) -> Json:
    answer = shop.client.patch(f"/api/v1{PATH}/{item['id']}", json=columns, headers=shop.login(user))
    assert answer.status_code == status, answer.text
    return answer.json


def test_only_finance_and_admins_change_it(shop: Shop) -> None:
    item = {"id": shop.item()}
    for role in ("buyer", "viewer", "support"):
        shop.login(role, role)
        assert shop.post(PATH, NEW, role, 403)["code"] in ("operators_only", "permission_needed")
        patch(shop, item, 403, role, price=1)
        shop.post(f"{PATH}/{item['id']}/stock", {"change": 1, "reason": "x"}, role, 403)
        for path in (PATH, f"{PATH}/{item['id']}", f"{PATH}/{item['id']}/stock"):
            shop.get(path, role, 403 if role == "buyer" else 200)
    assert shop.get(f"/items/{item['id']}")["price"] == 10_000


def test_an_item_is_created_and_shown_to_buyers(managed: Shop) -> None:
    said = {
        "description": "산미가 적고 고소합니다.",
        "image_url": "https://cdn.example.org/coffee.jpg",
        "tax_free": True,
    }
    item = create(managed, **said)

    shown = managed.get(f"/items/{item['id']}")
    assert shown == {**NEW, **said, "id": item["id"], "returnable": True}
    assert managed.get("/items")["items"] == [shown]
    (line,) = managed.get(f"{PATH}/{item['id']}/stock", "boss")["items"]
    assert (line["kind"], line["quantity"], line["by"]) == ("initial", 3, "boss")
    (logged_line,) = logged(managed.app, action="create_item")
    assert (logged_line.what_kind, logged_line.what_id) == ("item", item["id"])
    managed.audit()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sku", "has space"),
        ("sku", "=1+1"),
        ("sku", "x" * 65),
        ("sku", None),
        ("name", "  "),
        ("name", "two\nlines"),
        ("price", 0),
        ("price", 2_000_000_001),
        ("price", "18500"),
        ("stock", -1),
        ("stock", 1_000_000_001),
        ("description", "x" * 2_001),
        ("image_url", "http://cdn.example.org/a.jpg"),
        ("image_url", "javascript:alert(1)"),
        ("image_url", "HTTPS://cdn.example.org/a.jpg"),
        ("image_url", "//evil.example/a.svg"),
        ("image_url", "/assets/../api/v1/me"),
        ("image_url", "https://user@evil.example/a.jpg"),
        ("image_url", "https://cdn.example.org/" + "x" * 500),
    ],
)
def test_invalid_values_are_refused(managed: Shop, field: str, value: object) -> None:
    assert field in managed.post(PATH, NEW | {field: value}, "boss", 422)["errors"]
    assert managed.get(PATH, "boss")["items"] == []


def test_buyers_read_the_catalogue_in_pages(managed: Shop) -> None:
    """Anybody may ask, so no answer is as long as the catalogue. Items of one name are in the order of their ids."""
    names = ["나", "가", "나", "다", "나"]
    wanted = sorted((name, create(managed, sku=f"A{number}", name=name)["id"]) for number, name in enumerate(names))
    found, after = list[tuple[str, str]](), None
    for _ in range(3):
        page = managed.get("/items", query_string={"limit": 2, **({"after": after} if after else {})})
        found += [(item["name"], item["id"]) for item in page["items"]]
        after = page["next"]
    assert (found, after) == (wanted, None)
    assert len(managed.get("/items")["items"]) == 5
    assert managed.get("/items", query_string={"after": managed.item()[:-4] + "0000"})["items"] == []
    for query in ({"limit": 101}, {"limit": 0}, {"after": "x"}):
        managed.get("/items", status=422, query_string=query)


def test_buyers_filter_the_catalogue(managed: Shop) -> None:
    """On every page of it, whatever is sold out between two of them."""
    stocks = {"가": 0, "나": 3, "다": None, "라": 0, "마": 2}
    made = {
        name: create(managed, sku=f"A{stock}-{ord(name)}", name=name, stock=stock) for name, stock in stocks.items()
    }
    patch(managed, made["나"], returnable=False)

    def names(**query: Any) -> str:
        return "".join(item["name"] for item in managed.get("/items", query_string=query)["items"])

    assert [names(in_stock="true"), names(in_stock="false"), names(returnable="false")] == ["나다마", "가라", "나"]
    assert names(in_stock="true", returnable="true") == "다마"
    first = managed.get("/items", query_string={"in_stock": "true", "limit": 1})
    managed.post(f"{PATH}/{made['나']['id']}/stock", {"set_to": 0, "seen": 3, "reason": "gone"}, "boss", 200)
    assert names(in_stock="true", after=first["next"]) == "다마"
    managed.get("/items", status=422, query_string={"in_stock": "perhaps"})


@pytest.mark.parametrize("filters", [{}, {"in_stock": True}, {"in_stock": False, "returnable": True}])
def test_a_page_of_the_catalogue_is_read_in_the_order_of_an_index(tables: None, filters: dict[str, bool]) -> None:
    (plan,) = plans(lambda: items.catalogue(uuid4(), 24, **filters))
    assert "Index Scan using ix_items_for_sale" in plan
    assert "Sort" not in plan


def test_a_stock_must_be_named(managed: Shop) -> None:
    body = {name: value for name, value in NEW.items() if name != "stock"}
    assert "stock" in managed.post(PATH, body, "boss", 422)["errors"]


def test_a_sku_belongs_to_one_item(managed: Shop) -> None:
    create(managed)
    other = create(managed, sku="OTHER")
    assert managed.post(PATH, NEW, "boss", 409)["code"] == "sku_taken"
    assert patch(managed, other, 409, sku=NEW["sku"])["code"] == "sku_taken"
    assert patch(managed, other, sku="OTHER")["sku"] == "OTHER"


def test_a_repeated_request_creates_one_item(managed: Shop) -> None:
    first = managed.post(PATH, NEW, "boss", 201, key="k")
    assert managed.post(PATH, NEW, "boss", 201, key="k") == first
    assert len(managed.get(PATH, "boss")["items"]) == 1


def test_a_change_is_partial_and_logged(managed: Shop) -> None:
    item = create(managed)
    changed = patch(managed, item, price=19_000, description="새 콩")
    assert changed == item | {"price": 19_000, "description": "새 콩"}
    assert "body" in patch(managed, item, 422)["errors"]
    assert "stock" in patch(managed, item, 422, stock=9)["errors"]
    (line,) = logged(managed.app, action="change_item")
    assert line.detail == "description, price 18500 to 19000 won"


def test_a_change_of_price_never_touches_an_open_session(managed: Shop) -> None:
    item = create(managed)
    session = managed.open(item["id"], quantity=2)
    patch(managed, item, price=99_000, name="다른 이름")

    managed.verify(session, managed.pay(session))
    managed.drain()

    paid = managed.session(session)
    assert (paid["status"], paid["amount"], paid["unit_price"]) == ("paid", 37_000, 18_500)
    assert paid["item_name"] == NEW["name"]
    assert managed.open(item["id"])["amount"] == 99_000
    managed.balance()


def test_a_retired_item_is_neither_shown_nor_sold_but_its_open_sessions_go_on(managed: Shop) -> None:
    item = create(managed)
    session = managed.open(item["id"])
    patch(managed, item, active=False)

    assert managed.get("/items")["items"] == []
    assert managed.get(f"/items/{item['id']}", status=404)["code"] == "item_not_found"
    body = {"item_id": item["id"], "quantity": 1, **BUYER}
    assert managed.post("/payments/sessions", body, "minji", 409)["code"] == "item_retired"
    managed.verify(session, managed.pay(session))
    managed.drain()
    assert managed.session(session)["status"] == "paid"
    assert managed.get(f"{PATH}/{item['id']}", "boss")["stock"] == 2
    patch(managed, item, active=True)
    managed.open(item["id"], user="minji")
    managed.balance()


def test_items_are_found_by_sku_and_name_in_pages(managed: Shop) -> None:
    for number in range(3):
        create(managed, sku=f"TEA-{number}", name=f"녹차 {number}")
    retired = create(managed, name="100% 커피")
    patch(managed, retired, active=False)

    def found(**query: Any) -> list[str]:
        return [item["sku"] for item in managed.get(PATH, "boss", query_string=query)["items"]]

    assert found() == ["COFFEE-500", "TEA-2", "TEA-1", "TEA-0"]
    assert (found(search="tea-1"), found(search="차 2"), found(search="%")) == (["TEA-1"], ["TEA-2"], ["COFFEE-500"])
    assert (found(active="false"), len(found(active="true"))) == (["COFFEE-500"], 3)
    first = managed.get(PATH, "boss", query_string={"limit": 3})
    rest = managed.get(PATH, "boss", query_string={"limit": 3, "cursor": first["next"]})
    assert [item["sku"] for item in rest["items"]] == ["TEA-0"]
    assert rest["next"] is None


def test_what_does_not_exist_is_404(managed: Shop) -> None:
    unknown = {"id": "00000000-0000-4000-8000-000000000000"}
    patch(managed, unknown, 404, price=1)
    managed.get(f"{PATH}/{unknown['id']}", "boss", 404)
    managed.get(f"{PATH}/{unknown['id']}/stock", "boss", 404)
    for body in ({"change": 1}, {"set_to": 1, "seen": 0}):
        managed.post(f"{PATH}/{unknown['id']}/stock", {"reason": "x", **body}, "boss", 404)
