"""Buyers are notified of what happened to their money: each once, in order, and nobody else of anything."""

import threading
from collections.abc import Callable
from datetime import timedelta

from pitturu.store.outbound import MessageStatus
from tests.journeys.generations import V1_ONLY
from tests.journeys.test_virtual_accounts import ACCOUNT, deposited, issued
from tests.outbound.notices import Recipients, rows, states
from tests.portone.faulty_server import http, says
from tests.shop import Json, Shop

Turn = Callable[[timedelta], None]
DELIVERED, WITHDRAWN = MessageStatus.DELIVERED, MessageStatus.WITHDRAWN
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_an_account_a_reminder_and_the_payment(
    shop: Shop, shop_with: Callable[..., Shop], turn: Turn, mailboxes: Recipients
) -> None:
    shop = shop_with(**mailboxes.settings())
    session, imp_uid = issued(shop, language="ko")
    assert mailboxes.subjects == ["입금 계좌 안내: 10,000원"]
    (mail,) = mailboxes.mail.mails
    text, account = mail.get_body(("plain",)).get_content(), shop.session(session)["virtual_account"]
    assert (mail["To"], str(mail["From"])) == ("hana@example.org", "커피가게 <shop@example.com>")
    for part in (account["number"], "10,000원", f"https://shop.example.com/orders/{session['merchant_uid']}"):
        assert part in text
        assert part in mail.get_body(("html",)).get_content()
    assert "김하나" not in text, "whoever opens a session chooses the name, and whom the mail goes to"

    turn(2 * DAY - HOUR)
    shop.drain()
    assert len(mailboxes.subjects) == 1
    turn(2 * HOUR)
    shop.drain()
    turn(HOUR)
    shop.drain()
    assert [subject[:9] for subject in mailboxes.subjects] == ["입금 계좌 안내:", "입금 기한이 다가"]
    assert deposited(shop, session, imp_uid)["status"] == "paid"
    turn(HOUR)
    shop.drain()
    shop.cancel(session, refund_account=ACCOUNT)
    shop.drain()
    assert mailboxes.subjects[2:] == ["결제가 완료되었습니다: 10,000원", "환불 안내: 10,000원"]
    assert "환불 수단: 신한은행 **********6789" in mailboxes.mail.mails[-1].get_body(("plain",)).get_content()
    assert {status for _, status in states(shop)} == {DELIVERED}


@V1_ONLY
def test_no_reminder_of_what_was_paid_or_withdrawn(
    shop: Shop, shop_with: Callable[..., Shop], turn: Turn, mailboxes: Recipients
) -> None:
    shop = shop_with(**mailboxes.settings())
    paid, imp_uid = issued(shop, language="en")
    deposited(shop, paid, imp_uid)
    cancelled, _ = issued(shop)
    shop.cancel(cancelled)
    shop.drain()
    turn(2 * DAY + HOUR)
    shop.drain()
    assert mailboxes.subjects == [
        "Where to transfer KRW 10,000",
        "Payment received: KRW 10,000",
        "입금 계좌 안내: 10,000원",
    ]
    reminders = [row for row in rows(shop) if row.content["kind"] == "deposit_due_soon"]
    assert [(row.status, row.due_at) for row in reminders] == [(WITHDRAWN, None)] * 2


@V1_ONLY
def test_the_deadline_passes(shop: Shop, shop_with: Callable[..., Shop], turn: Turn, mailboxes: Recipients) -> None:
    """The reminder is not sent any more when nobody worked on it in time."""
    shop = shop_with(**mailboxes.settings())
    issued(shop)
    turn(3 * DAY + 2 * HOUR)
    shop.drain()
    assert mailboxes.subjects[1:] == ["입금 기한이 지나 주문이 취소되었습니다"]
    assert states(shop)[1:] == [("deposit_due_soon", WITHDRAWN), ("deposit_expired", DELIVERED)]


def test_a_webhook_and_a_verify_at_once_are_one_notice(
    shop: Shop, shop_with: Callable[..., Shop], mailboxes: Recipients
) -> None:
    shop = shop_with(**mailboxes.settings("email", "webhook"))
    session = shop.open()
    imp_uid = shop.pay(session)
    shop.verify(session, imp_uid)
    for _ in range(2):
        shop.webhook(session, imp_uid)
    workers = [threading.Thread(target=shop.drain) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    shop.drain()
    assert mailboxes.subjects == ["결제가 완료되었습니다: 10,000원"]
    (posted,) = mailboxes.posted
    data: Json = posted["data"]
    assert (posted["type"], data["kind"], data["language"], data["telephone"]) == (
        *("notice.paid", "paid", "ko"),
        "010-1234-5678",
    )
    assert data["variables"]["amount"] == "10,000원"
    assert "10,000원 결제가 완료되었습니다." in data["text"]
    assert mailboxes.sender.requests[0].headers["webhook-id"] == posted["id"]


def test_a_refund_in_two_parts_is_two_notices(
    shop: Shop, shop_with: Callable[..., Shop], mailboxes: Recipients
) -> None:
    shop = shop_with(**mailboxes.settings())
    session = shop.paid()
    shop.refund(session, 4_000)
    shop.drain()
    shop.refund(session, 6_000)
    shop.drain()
    assert mailboxes.subjects[1:] == ["환불 안내: 4,000원", "환불 안내: 6,000원"]
    part, rest = (mail.get_body(("plain",)).get_content() for mail in mailboxes.mail.mails[1:])
    assert "일부가 환불" in part
    assert "남은 결제 금액: 6,000원" in part
    assert "모두 환불" in rest
    assert "결제하신 카드" in rest


@V1_ONLY
def test_money_that_was_paid_twice_goes_back_and_the_order_stays(
    shop: Shop, shop_with: Callable[..., Shop], mailboxes: Recipients
) -> None:
    """The buyer must not read it as the end of the order."""
    shop = shop_with(**mailboxes.settings())
    session = shop.open()
    for imp_uid in (shop.window(session), shop.window(session)):
        shop.act(imp_uid, "approve")
        shop.webhook(session, imp_uid)
        shop.drain()
    assert shop.session(session)["status"] == "paid"
    assert mailboxes.subjects == ["결제가 완료되었습니다: 10,000원", "환불 안내: 10,000원"]
    assert "이 환불로 주문이 취소되지는 않습니다." in mailboxes.mail.mails[1].get_body(("plain",)).get_content()


@V1_ONLY
def test_notices_of_one_order_arrive_in_order(
    shop: Shop, shop_with: Callable[..., Shop], turn: Turn, mailboxes: Recipients
) -> None:
    """The first one is tried again; the next one of this order waits for it, and those of others do not."""
    shop = shop_with(**mailboxes.settings("webhook"))
    mailboxes.sender.behaviour = says(http(b"", 429, "Retry-After: 1800"))
    session = shop.paid()
    mailboxes.sender.requests.clear()
    mailboxes.sender.behaviour = says(http(b"ok"))
    shop.cancel(session)
    shop.drain()
    other = shop.paid()
    assert sent(mailboxes) == [("paid", other["session_id"])]
    turn(HOUR)
    shop.drain()
    assert sent(mailboxes)[1:] == [("paid", session["session_id"]), ("refunded", session["session_id"])]


def sent(mailboxes: Recipients) -> list[tuple[str, str]]:
    """The kind and session of what the shop's sender received."""
    posted: list[Json] = [dict(request.json()) for request in mailboxes.sender.requests]
    return [(one["data"]["kind"], one["data"]["session_id"]) for one in posted]
