"""A user has a copy of everything that is stored about the account, and has it erased."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select, text, update

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store import personal_data, retention, users
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import unit_of_work
from pitturu.worker import sweep
from tests.api.mailbox import ADDRESS, Mailbox
from tests.api.second_factor import Phone
from tests.api.test_auth import ask, whoami
from tests.journeys.test_cash_receipts import transferred
from tests.shop import PASSWORD, Shop
from tests.values import BUYER

EXPORT = "/api/v1/auth/account/export"
ERASE = "/api/v1/auth/account/erase"


def exported(shop: Shop, user: str = "hana") -> Any:
    answer = shop.client.post(EXPORT, headers=shop.login(user), json={"password": PASSWORD})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="account-')
    return json.loads(answer.text)


def erase(shop: Shop, status: int = 200, user: str = "hana", **more: Any) -> Any:
    body = {"password": PASSWORD, "username": user} | more
    answer = shop.client.post(ERASE, headers=shop.login(user), json=body)
    assert answer.status_code == status, answer.text
    return answer.json


def later(by: timedelta) -> None:
    clock.use(lambda: datetime.now(UTC) + by)


def test_everything_that_is_stored(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal_data, "BATCH", 2)
    mailbox.has()
    shop, item = mailbox.shop, mailbox.shop.item(name="감귤")
    session = shop.paid(item, quantity=2, buyer_addr="제주")
    shop.cancel(session, quantity=1)
    shop.drain()
    more = [shop.paid(shop.item()) for _ in range(2)]
    shop.paid(item, "minji")

    found = exported(shop)

    assert (found["account"]["username"], found["account"]["email"]) == ("hana", ADDRESS)
    assert found["logins"][0]["address"] == "127.0.0.1"
    assert sum(entry["quantity"] for entry in found["owned"]) == 3
    assert [order["session_id"] for order in found["orders"]] == [one["session_id"] for one in [session, *more]]
    order = found["orders"][0]
    assert (order["buyer_name"], order["buyer_addr"], order["amount"]) == (BUYER["buyer_name"], "제주", 20_000)
    assert [(line["item_name"], line["quantity"]) for line in order["lines"]] == [("감귤", 2)]
    assert [(one["amount"], one["cancelled_amount"]) for one in order["payments"]] == [(20_000, 10_000)]
    assert [(one["stage"], one["amount"]) for one in order["refunds"]] == [("succeeded", 10_000)]
    assert [one["to_status"] for one in order["events"] if one["to_status"]][-1] == "partially_cancelled"
    assert exported(shop, "jiho")["orders"] == []


def test_a_cash_receipt_and_what_was_agreed_to(shop: Shop) -> None:
    session = transferred(shop)
    agreed = [{"id": "terms", "version": "0", "text": "동의해요.", "agreed_at": "2026-01-01T00:00:00+00:00"}]
    shop.set(PaymentSession, consents=agreed)

    (order,) = exported(shop)["orders"]

    assert (order["session_id"], order["consents"]) == (session["session_id"], agreed)
    assert (order["cash_receipt_purpose"], order["cash_receipt_masked"]) == ("personal", "*******5678")
    assert [(one["stage"], one["amount"]) for one in order["cash_receipts"]] == [("issued", 10_000)]
    assert "01012345678" not in json.dumps(order)


def test_a_copy_needs_the_password_and_is_not_made_all_the_time(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(rate_export="2/hour")
    headers = shop.login()
    wrong = shop.client.post(EXPORT, headers=headers, json={"password": "a wrong password"})
    assert (wrong.status_code, wrong.json["code"]) == (403, "wrong_password")
    exported(shop)
    assert shop.client.post(EXPORT, headers=headers, json={"password": PASSWORD}).status_code == 429


def test_what_the_law_keeps_is_reached_by_nobody_who_logs_in(mailbox: Mailbox) -> None:
    mailbox.has()
    shop = mailbox.shop
    paid, unpaid = shop.paid(), shop.open()
    shop.post(f"/payments/sessions/{unpaid['session_id']}/close", {})
    shop.drain()
    tokens = mailbox.log_in(PASSWORD)
    mailbox.forgot(ADDRESS)
    link = mailbox.token()

    erase(shop)

    assert "Your account was erased" in mailbox.texts()[-1]
    assert mailbox.rows_with("hana@") == ["payment_sessions"], "of the paid order"
    mailbox.log_in(PASSWORD, 401)
    mailbox.reset(link, 403)
    ask(shop, "refresh", 401, refresh_token=tokens["refresh_token"])
    mailbox.forgot(ADDRESS)
    assert "Your account was erased" in mailbox.texts()[-1], "nothing came after"
    assert shop.client.get("/api/v1/auth/logins", headers=shop.login()).status_code == 401
    assert whoami(shop, tokens["access_token"]) == 200, "for minutes"
    assert ask(shop, "register", 409, username="hana", password=PASSWORD)["code"] == "username_taken", "so long"
    later(services_of(shop.app).settings.access_token_ttl)
    ask(shop, "register", 201, username="hana", password=PASSWORD)
    fresh = {"Authorization": f"Bearer {mailbox.log_in(PASSWORD)['access_token']}"}
    assert shop.client.get("/api/v1/me/payments", headers=fresh).json["items"] == []
    path = f"/api/v1/payments/sessions/{paid['session_id']}"
    assert shop.client.get(path, headers=fresh).status_code == 404
    shop.balance()
    with shop.app.app_context():
        sweep.clean()
        db.session.commit()
        assert set(db.session.scalars(select(users.User.former_name))) == {None}


def test_housekeeping_erases_what_was_still_looked_after(shop: Shop) -> None:
    """A worker looks at a closed order once more; then its data is erased within the hour, not after RETAIN_UNPAID."""
    session = shop.open()
    shop.post(f"/payments/sessions/{session['session_id']}/close", {})
    shop.drain()
    assert shop.row(session).due_at is not None
    erase(shop)
    assert shop.row(session).buyer_name == BUYER["buyer_name"]
    with shop.app.app_context():
        db.session.execute(update(PaymentSession).values(due_at=None))
        db.session.commit()
        assert retention.erase_expired(unit_of_work, services_of(shop.app).settings) == 1
    assert shop.row(session).buyer_name == "erased"


def test_only_the_owner_erases_and_means_it(shop: Shop) -> None:
    shop.login()
    assert erase(shop, 422, username="hanna")["code"] == "other_username"
    assert erase(shop, 403, password="a wrong password")["code"] == "wrong_password"
    phone = Phone(shop)
    phone.enrol()
    assert erase(shop, 403)["code"] == "second_factor_needed"
    assert erase(shop, 403, code="000000")["code"] == "wrong_code"
    erase(shop, code=phone.code())


def test_an_operator_does_not_vanish(shop: Shop) -> None:
    """Nor does the last admin: another one takes the role first."""
    shop.login("boss", "admin")
    assert erase(shop, 409, "boss")["code"] == "account_of_operator"


def test_an_order_at_the_same_moment_is_either_seen_or_refused(shop: Shop, threads: ThreadPoolExecutor) -> None:
    item, headers = shop.item(), shop.login()

    def buy() -> int:
        body = {"item_id": item, "quantity": 1, **BUYER}
        return shop.app.test_client().post("/api/v1/payments/sessions", json=body, headers=headers).status_code

    def leave() -> int:
        body = {"password": PASSWORD, "username": "hana"}
        return shop.app.test_client().post(ERASE, json=body, headers=headers).status_code

    bought, left = threads.submit(buy), threads.submit(leave)

    assert (bought.result(), left.result()) in {(201, 409), (401, 200)}
    shop.drain()
    shop.audit()


def test_an_order_that_is_opened_while_the_account_is_erased(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its sessions were locked, and before its name is changed."""
    item, headers, rename = shop.item(), shop.login(), users.rename

    def overtaken(work: Any, username: str) -> str:
        body = {"item_id": item, "quantity": 1, **BUYER}
        with ThreadPoolExecutor(1) as other:
            posted = other.submit(
                lambda: shop.app.test_client().post("/api/v1/payments/sessions", json=body, headers=headers)
            )
            assert posted.result().status_code == 201
        return rename(work, username)

    monkeypatch.setattr(users, "rename", overtaken)
    assert erase(shop, 409)["code"] == "orders_open"
    assert shop.get("/me")["username"] == "hana"


def test_an_erasure_and_an_order_that_wait_for_each_other(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """An order holds the user and waits for a session, which the erasure holds: Postgres ends one of them."""
    session, rename, began = shop.paid(), users.rename, Event()
    key = shop.row(session).id

    def order() -> None:
        with shop.app.app_context():
            db.session.execute(text("SET LOCAL deadlock_timeout = '30s'"))
            db.session.execute(text("SELECT 1 FROM users WHERE username = 'hana' FOR KEY SHARE"))
            began.set()
            db.session.execute(select(PaymentSession.id).where(PaymentSession.id == key).with_for_update())
            db.session.commit()

    other = Thread(target=order)

    def overtaken(work: Any, username: str) -> str:
        if not began.is_set():
            other.start()
            assert began.wait(30)
        return rename(work, username)

    monkeypatch.setattr(users, "rename", overtaken)
    erase(shop)
    other.join(30)
    assert shop.row(session).user_username.startswith("erased-")
