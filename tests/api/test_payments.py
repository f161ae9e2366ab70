"""The representation of a payment, access to it, and requests for refunds."""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from sqlalchemy import event

from pitturu.extensions import db
from pitturu.store import events
from pitturu.store.cancellations import Cancellation
from pitturu.store.inventory import InventoryEntry
from pitturu.store.payment_lines import PaymentLine
from tests.shop import Json, Shop
from tests.store.plans import plans, whole_reads

ACCOUNT = {"bank": "004", "number": "123456-01-234567", "holder": "김하나", "tel": "010-1234-5678"}


@pytest.fixture
def deposited(shop: Shop) -> Json:
    """A session whose virtual account received its deposit."""
    session = shop.open(pay_method="vbank")
    imp_uid = shop.window(session)
    shop.act(imp_uid, "issue")
    shop.act(imp_uid, "deposit")
    shop.verify(session, imp_uid)
    shop.drain()
    return session


def test_what_a_payment_shows(shop: Shop) -> None:
    session = shop.paid(shop.item(price=12_000))
    payment = shop.payment(session)

    expected = {
        "payment_id": session["payment_id"],
        "session_id": session["session_id"],
        "imp_uid": session["imp_uid"],
        "merchant_uid": session["merchant_uid"],
        "amount": 12_000,
        "cancelled_amount": 0,
        "currency": "KRW",
        "status": "paid",
        "verdict": "accepted",
        "pay_method": "card",
        "cancellations": [],
    }
    assert payment | expected == payment
    assert [(line["kind"], line["to"]) for line in payment["timeline"]] == [
        ("status", "created"),
        ("status", "prepared"),
        ("status", "verifying"),
        ("money", None),
        ("status", "paid"),
    ]
    assert sum(line["amount"] for line in payment["timeline"]) == 12_000


def test_a_payment_is_read_as_of_one_moment(shop: Shop, threads: ThreadPoolExecutor) -> None:
    """A refund that is executed between two queries appears in both of them or in neither."""
    session = shop.paid()
    shop.cancel(session)
    reading, done = Event(), list[Future[None]]()

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM payment_cancellations" in statement and not reading.is_set():
            # Set before the workers begin, for they read this table as well.
            reading.set()
            done.append(threads.submit(shop.drain))
            done[0].result(20)

    with shop.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", meanwhile)
    try:
        seen = shop.payment(session)
    finally:
        event.remove(engine, "before_cursor_execute", meanwhile)

    assert (seen["status"], seen["cancellations"][0]["stage"]) == ("paid", "requested")
    assert done
    assert shop.payment(session)["status"] == "cancelled"


def test_a_cancel_is_accepted_then_executed(shop: Shop) -> None:
    session = shop.paid(shop.item(price=4_000), quantity=2)
    path = f"/api/v1/payments/{session['payment_id']}"

    answer = shop.client.post(f"{path}/cancel", json={"reason": "변심", "quantity": 1}, headers=shop.login())
    promised = answer.json["cancellations"]
    shop.drain()

    assert (answer.status_code, answer.headers["Location"]) == (202, path)
    assert [(row["stage"], row["amount"], row["reason"]) for row in promised] == [("requested", 4_000, "변심")]
    payment = shop.payment(session)
    assert (payment["status"], payment["cancelled_amount"]) == ("partially_cancelled", 4_000)
    assert payment["cancellations"][0]["stage"] == "succeeded"
    assert payment["cancellations"][0]["decided_at"] is not None


def test_units_can_be_returned(shop: Shop) -> None:
    session = shop.paid(quantity=3)
    shop.cancel(session, quantity=2)
    shop.drain()

    assert shop.payment(session)["cancellations"][0]["quantity"] == 2
    assert shop.owned() == 1


def test_other_users_see_nothing(shop: Shop) -> None:
    path = f"/payments/{shop.paid()['payment_id']}"

    assert shop.get(path, "duri", 404)["code"] == "payment_not_found"
    assert shop.post(f"{path}/cancel", {"reason": "x"}, "duri", 404)["code"] == "payment_not_found"
    assert shop.get("/payments/none", "duri", 404)["detail"] == shop.get(path, "duri", 404)["detail"]


def test_operators_see_and_cancel_everything(shop: Shop) -> None:
    session = shop.paid()
    shop.login("operator", "admin")
    shop.cancel(session, "operator", amount=1_000)

    shop.drain()
    path = f"/payments/{session['payment_id']}"
    assert "operator" in {line["actor"] for line in shop.get(path, "operator")["timeline"]}
    assert "hana" in {line["actor"] for line in shop.get(path, "operator")["timeline"]}


@pytest.mark.parametrize(("user", "origin"), [("hana", "operator"), ("operator", "buyer")])
def test_an_operator_is_the_buyer_of_his_own_purchase(shop: Shop, user: str, origin: str) -> None:
    shop.login("operator", "admin")
    session = shop.paid(user=user)
    shop.post(f"/payments/{session['payment_id']}/cancel", {"reason": "x"}, "operator")

    with shop.app.app_context():
        row = db.session.query(Cancellation).one()
        (line,) = [one for one in events.of_session(row.session_key) if one.kind == "cancel_requested"]
        assert (line.origin, line.by, line.name) == (origin, "operator" if origin == "operator" else None, None)
    assert (row.origin, row.name) == (origin, "operator")


def test_a_cancel_of_pieces_names_their_line(shop: Shop) -> None:
    session = shop.paid(quantity=3)
    shop.cancel(session, quantity=1)
    shop.drain()
    shop.refund(session, 100)
    shop.drain()

    with shop.app.app_context():
        (line,) = db.session.query(PaymentLine)
        named = [row.pieces for row in db.session.query(Cancellation).order_by(Cancellation.number)]
        entries = {(row.kind, row.quantity, row.line_key) for row in db.session.query(InventoryEntry)}
    assert (line.quantity, named) == (3, [{str(line.id): 1}, None])
    assert entries == {("grant", 3, line.id), ("return", -1, line.id)}


def test_a_buyer_reads_roles_not_names(shop: Shop) -> None:
    session = shop.paid()
    shop.login("kim.the.operator", "admin")
    shop.post(f"/payments/{session['payment_id']}/cancel", {"reason": "x", "amount": 100}, "kim.the.operator")
    shop.drain()

    actors = {line["actor"] for line in shop.payment(session)["timeline"]}
    assert actors == {"buyer", "system", "portone", "operator"}


def test_a_deposit_goes_back_to_an_account_that_is_shown_masked(shop: Shop, deposited: Json) -> None:
    assert shop.cancel(deposited, status=422)["code"] == "refund_account_needed"

    promised = shop.cancel(deposited, refund_account=ACCOUNT)["cancellations"][0]["refund_account"]

    assert promised == {"bank": "004", "bank_name": "국민은행", "number": "*" * 12 + "4567", "holder": "김**"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason", None),
        ("reason", ""),
        ("reason", "x" * 256),
        ("reason", "a\x00b"),
        ("amount", 0),
        ("amount", -1),
        ("amount", 2_000_000_001),
        ("amount", "1000"),
        ("quantity", 0),
        ("quantity", 1001),
        ("refund_account", "004"),
        ("refund_account.bank", "4"),
        ("refund_account.bank", "999"),
        ("refund_account.number", "12-AB"),
        ("refund_account.number", "1" * 17),
        ("refund_account.number", "123456\n"),
        ("refund_account.holder", "x" * 17),
        ("refund_account.holder", ""),
        ("refund_account.tel", "x"),
        ("refund_account.note", "x"),
        ("currency", "USD"),
    ],
)
def test_invalid_requests(shop: Shop, field: str, value: object) -> None:
    outer, _, inner = field.partition(".")
    order_body: dict[str, Any] = {"reason": "변심"} | {outer: ACCOUNT | {inner: value} if inner else value}

    problem = shop.post("/payments/any/cancel", order_body, status=422)

    assert list(problem["errors"]) == [field]


def test_reading_a_payment_costs_five_statements(shop: Shop, statements: list[str]) -> None:
    session = shop.paid()
    for amount in (100, 200, 300):
        shop.refund(session, amount)
    shop.drain()
    statements.clear()

    shop.get(f"/payments/{session['payment_id']}")

    assert len(statements) == 5, "the payment, its session's name, its lines, its cancellations, its timeline"


def test_reading_a_payment_reads_no_whole_table_or_index(shop: Shop) -> None:
    """Whatever the size of the shop, each is a look-up in an index: also the pieces of each line."""
    session = shop.paid()
    shop.cancel(session, quantity=1)
    payment = shop.payment(session)["payment_id"]
    with shop.app.app_context():
        read = plans(lambda: shop.client.get(f"/api/v1/payments/{payment}", headers=shop.login()), may_sort=True)
        assert {scan for plan in read for scan in whole_reads(plan)} == set()
