"""Operators have PortOne asked about an order again."""

from datetime import timedelta

import limits
import pytest

from pitturu.api import rate_limits
from pitturu.domain import clock
from pitturu.store.sessions import PaymentSession
from tests.api.admin.test_order import PATH, ask, read
from tests.operators import logged
from tests.shop import Shop


@pytest.fixture(autouse=True)
def operators(shop: Shop) -> None:
    """Of three roles."""
    for role in ("viewer", "support", "finance"):
        shop.login(role, role)


@pytest.mark.parametrize("status", ["prepared", "paid", "cancelled"])
def test_asking_again_heals_what_was_missed(shop: Shop, status: str) -> None:
    """The money moved, and neither a browser nor a webhook said so."""
    session = shop.open()
    imp_uid = shop.pay(session)
    if status != "prepared":
        shop.verify(session, imp_uid)
        shop.drain()
        shop.act(imp_uid, "console-cancel")
    if status == "cancelled":
        shop.set(PaymentSession, due_at=None)
    before = shop.session(session)["status"]

    asked = ask(shop, session["merchant_uid"])
    again = ask(shop, imp_uid if status != "prepared" else session["session_id"])
    assert (asked["state"], again["state"], asked["session_id"]) == ("asked", "already_due", session["session_id"])
    assert read(shop, session["session_id"])["work"][0]["overdue"]
    shop.drain()

    after = shop.session(session)["status"]
    assert (before, after) == (("prepared", "paid") if status == "prepared" else ("paid", "cancelled"))
    lines = [line for line in shop.lines(session) if line.kind == "replayed"]
    assert [(line.by, line.origin, line.detail) for line in lines] == [
        ("support", "operator", "PortOne is asked again")
    ]
    assert [line.detail for line in logged(shop.app, action="ask_portone")] == ["asked", "already_due"]
    shop.balance()


def test_a_verification_that_waits_for_its_next_try_is_tried_now(shop: Shop) -> None:
    session = shop.open()
    shop.verify(session, shop.window(session))
    shop.drain()
    assert shop.session(session)["status"] == "verifying"
    shop.set(PaymentSession, due_at=clock.now() + timedelta(days=1), attempts=3, last_error="502")

    assert ask(shop, session["session_id"])["state"] == "asked"
    row = shop.row(session)
    assert (row.next_job, row.attempts) == ("payments.verify", 0)
    shop.set(PaymentSession, due_at=clock.now() + timedelta(days=1), attempts=1, last_error=None)
    assert ask(shop, session["session_id"])["state"] == "already_due", "a worker is asking"


def test_an_order_whose_registration_is_stuck_is_registered_first(shop: Shop) -> None:
    """A question in its place would take it off the list of stuck work, and its buyer could never pay."""
    session = shop.open(prepared=False)
    shop.set(PaymentSession, due_at=None, dead_at=clock.now(), attempts=12, last_error="PortOne is away.")
    assert ask(shop, session["session_id"])["state"] == "asked"
    assert shop.row(session).next_job == "payments.prepare"
    shop.drain()
    assert shop.session(session)["status"] == "prepared"


def test_nobody_makes_us_call_portone_without_end(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither two operators in turns about one order, nor one about many."""
    session, other = shop.paid(), shop.paid()
    codes = []
    for number in range(10):
        shop.set(PaymentSession, due_at=None)
        user = ("support", "finance")[number % 2]
        answer = shop.client.post(f"/api/v1{PATH}/{session['session_id']}/verify", headers=shop.login(user))
        codes.append(answer.status_code)
    assert codes == [202] * 6 + [429] * 4
    assert int(answer.headers["Retry-After"]) > 0
    monkeypatch.setattr(rate_limits, "QUESTIONS_OF_AN_OPERATOR", limits.parse("1/minute"))
    ask(shop, other["session_id"])
    assert ask(shop, other["session_id"], status=429)["code"] == "too_many_requests"

    assert ask(shop, session["session_id"], "viewer", 403)["code"] == "permission_needed"
    assert ask(shop, session["session_id"], "hana", 403)["code"] == "operators_only"
