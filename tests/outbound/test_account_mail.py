"""Mail to users about their accounts: tried for as long as it is of use, and no case for an operator."""

import re
from collections.abc import Callable
from datetime import timedelta

from pitturu.accounts import emails
from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.outbound import account_mail, deliver, deliver_account_mail
from pitturu.outbound.account_mail import MailKind
from pitturu.services import services_of
from pitturu.store import account_emails, users
from pitturu.store.outbound import MessageStatus
from pitturu.store.unit_of_work import unit_of_work
from tests.outbound.receivers import Receivers
from tests.outbound.test_deliver import add, the_row
from tests.shop import Shop
from tests.values import NEW_DATA_KEY

Turn = Callable[[timedelta], None]
HANA = "hana@example.org"


def ask(shop: Shop, kind: MailKind = MailKind.PASSWORD_RESET, typed: str = "hana") -> None:
    """Something happened that a user is mailed about."""
    shop.login()
    with shop.app.app_context(), unit_of_work() as work:
        account_emails.put(work, "hana", HANA)
        account_mail.enqueue(work, kind, users.key_of("hana"), typed)


def links(receivers: Receivers) -> list[str]:
    found = [re.search(r"https://pay\.example\.com/reset-password#\S+", one.get_content()) for one in receivers.mails]
    return [one[0] for one in found if one]


def test_it_is_sent_with_nothing_left_behind(shop: Shop, receivers: Receivers) -> None:
    ask(shop)
    assert "hana" not in str(the_row(shop).content)
    shop.drain()
    row = the_row(shop)
    assert (row.status, row.content) == (MessageStatus.DELIVERED, {"kind": "password_reset"})
    (mail,) = receivers.mails
    assert (mail["To"], mail["From"]) == (HANA, "pitturu@example.com")
    assert mail["Subject"] == "[pay.example.com] 비밀번호 재설정 · Reset your password"
    assert len(links(receivers)) == 1


def test_a_mailbox_that_refuses_is_no_case_for_an_operator(shop: Shop, receivers: Receivers) -> None:
    """Anybody can enter an address that does not exist."""
    receivers.mail.on_rcpt = "550 5.1.1 no such user"
    ask(shop)
    shop.drain()
    row = the_row(shop)
    assert (row.status, row.content) == (MessageStatus.WITHDRAWN, {"kind": "password_reset"})
    assert "550 5.1.1" in (row.answer or "")
    shop.login("operator", "admin")
    assert shop.get("/operations/dead?kind=message", "operator")["items"] == []


def test_a_lost_answer_is_a_second_mail_with_the_same_link(shop: Shop, receivers: Receivers, turn: Turn) -> None:
    receivers.mail.on_data = ""
    ask(shop)
    shop.drain()
    receivers.mail.on_data = "250 ok"
    turn(timedelta(seconds=6))
    shop.drain()
    first, second = links(receivers)
    assert first == second
    assert receivers.mails[0]["Message-ID"] == receivers.mails[1]["Message-ID"]


def test_what_comes_too_late_is_not_sent(shop: Shop, receivers: Receivers, turn: Turn) -> None:
    receivers.mail.on_rcpt = "451 later"
    ask(shop)
    ask(shop, MailKind.PASSWORD_CHANGED, HANA)
    shop.drain()
    receivers.mail.on_rcpt = "250 ok"
    turn(timedelta(minutes=31))
    shop.drain()
    assert receivers.subjects == ["[pay.example.com] 비밀번호가 바뀌었어요 · Your password was changed"]


def test_a_code_that_was_replaced_is_not_mailed(shop: Shop, receivers: Receivers) -> None:
    shop.login()
    with shop.app.app_context():
        for address in ("old@example.org", "new@example.org"):
            with unit_of_work() as work:
                emails.request(work, "hana", address)
    shop.drain()
    assert [mail["To"] for mail in receivers.mails] == ["new@example.org"]


def test_nothing_can_be_read_without_its_key(shop: Shop, receivers: Receivers) -> None:
    ask(shop)
    cipher = services_of(shop.app).cipher
    with shop.app.app_context():
        row = db.session.merge(the_row(shop))
        row.content = row.content | {"sealed": type(cipher)([NEW_DATA_KEY]).encrypt(b"hana").decode()}
        db.session.commit()
    shop.drain()
    assert "not in DATA_KEYS" in (the_row(shop).answer or "")
    assert receivers.mails == []


def test_it_takes_no_place_of_an_alert(shop: Shop, receivers: Receivers) -> None:
    ask(shop)
    add(shop, key="alert")
    with shop.engine.transaction() as work:
        (alert,) = deliver.HANDLER.claim(shop.engine.context, work, 50)
    with shop.engine.transaction() as work:
        (mail,) = deliver_account_mail.HANDLER.claim(shop.engine.context, work, 50)
    assert alert.message.content["subject"] == "subject of alert"
    assert mail.mail.destination == HANA
    assert clock.now() < mail.until
