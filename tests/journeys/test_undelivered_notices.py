"""Notices that are lost, refused or not to be sent: to nobody who must not get them, and without harm to the shop."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pitturu.domain.operator_actions import EntryPoint, Operator
from pitturu.monitoring import statistics
from pitturu.outbound import deliver_notices, measurements
from pitturu.outbound.measurements import Subject
from pitturu.services import services_of
from pitturu.store import claims, retention
from pitturu.store.outbound import MessageStatus, OutboundMessage
from tests.journeys.generations import V1_ONLY
from tests.outbound.mail_server import ANSWER
from tests.outbound.notices import Recipients, rows, states
from tests.portone.faulty_server import http, says
from tests.shop import Json, Shop

Turn = Callable[[timedelta], None]
DELIVERED, PENDING = MessageStatus.DELIVERED, MessageStatus.PENDING
WITHDRAWN, DEAD = MessageStatus.WITHDRAWN, MessageStatus.DEAD
HOUR = timedelta(hours=1)
OPERATOR = Operator("kim", None, EntryPoint.TERMINAL, None, None)


@V1_ONLY
def test_a_worker_dies_between_the_mail_and_its_commit(
    shop: Shop, shop_with: Callable[..., Shop], turn: Turn, mailboxes: Recipients
) -> None:
    shop = shop_with(**mailboxes.settings(notices=("paid",)))
    session = shop.open()
    shop.verify(session, shop.pay(session))
    shop.engine.work(next(job for job in shop.engine.handlers if job.name == "payments.verify"))
    with shop.engine.transaction() as work:
        (claimed,) = deliver_notices.HANDLER.claim(shop.engine.context, work, 5)
    deliver_notices.HANDLER.ask(shop.engine.context, claimed)
    shop.drain()
    assert len(mailboxes.mail.mails) == 1
    turn(services_of(shop.app).settings.lease)
    shop.drain()
    first, second = mailboxes.mail.mails
    assert first["Message-ID"] == second["Message-ID"] == f"<{rows(shop)[0].message_id}@example.com>"
    assert states(shop) == [("paid", DELIVERED)]


@V1_ONLY
@pytest.mark.parametrize("whole", [True, False])
def test_nothing_leaves_for_an_erased_buyer(
    shop: Shop, shop_with: Callable[..., Shop], turn: Turn, mailboxes: Recipients, whole: bool
) -> None:
    """Data that the law keeps for years is not kept to write to mailboxes."""
    shop = shop_with(**mailboxes.settings())
    mailboxes.mail.on_rcpt = "450 4.2.1 come back"
    shop.paid()
    if whole:
        turn(timedelta(days=1900))
    retention.erase_user(shop.engine.transaction, services_of(shop.app).settings, "hana", OPERATOR)
    mailboxes.mail.on_rcpt = "250 ok"
    turn(2 * HOUR)
    shop.drain()
    assert (mailboxes.subjects, states(shop)) == ([], [("paid", WITHDRAWN)])
    assert rows(shop)[0].answer == "withdrawn, because the buyer's data was erased"
    assert not any(value in str(vars(rows(shop)[0])) for value in ("hana@example.org", "김하나", "010-1234"))


@V1_ONLY
def test_a_dead_notice_is_listed_replayed_and_blocks_none(
    shop: Shop, shop_with: Callable[..., Shop], mailboxes: Recipients
) -> None:
    """An address that takes no mail is the buyer's: operators see it, and no alert is raised by it."""
    shop = shop_with(**mailboxes.settings())
    mailboxes.mail.on_rcpt = "550 5.1.1 <hana@example.org> no such user"
    session = shop.paid()
    (dead,) = rows(shop)
    shop.login("operator", "admin")
    (listed,) = shop.get("/operations/dead?kind=message", "operator")["items"]
    assert (listed["id"], listed["status"], "hana" in str(listed)) == (dead.message_id, DEAD, False)
    path = f"/operations/why/{session['session_id']}"
    (waiting,) = [one for one in shop.get(path, "operator")["items"] if one["kind"] == "message"]
    assert "mailing the notice to the buyer (email, about paid ses" in waiting["waits_for"]
    attention = shop.get("/operations/system", "operator")["attention"]
    assert (attention["undelivered_notices"], attention["dead_outbound_messages"]) == (1, 0)

    mailboxes.mail.on_rcpt = "250 ok"
    shop.cancel(session)
    shop.drain()
    assert mailboxes.subjects == ["환불 안내: 10,000원"]
    shop.post("/operations/replay", {"ids": [dead.message_id]}, "operator")
    shop.drain()
    assert mailboxes.subjects[1:] == ["결제가 완료되었습니다: 10,000원"]
    answers = [one["waits_for"] for one in shop.get(path, "operator")["items"] if one["kind"] == "message"]
    assert answers[0] == f"nothing: paid {session['session_id']} by email, {ANSWER}"


@V1_ONLY
def test_a_thief_cannot_have_others_mailed(shop: Shop, shop_with: Callable[..., Shop], mailboxes: Recipients) -> None:
    """Sessions, declined and unopened ones cost nothing, and send nothing; accounts cost nothing, and are limited: to
    one recipient, whoever issues them, and of one buyer, whoever is named."""
    shop = shop_with(**mailboxes.settings(notice_limit=2))
    victim = "victim@example.net"
    shop.decline(shop.open(buyer_email=victim))
    shop.open(buyer_email=victim)
    assert mailboxes.subjects == []
    for user, address in (("hana", victim), ("dora", victim.upper().replace("EXAMPLE.NET", "example.net"))) * 2:
        shop.login(user)
        session, _ = issued_by(shop, user, buyer_email=address)
        shop.cancel(session, user)
        shop.drain()
    assert len(mailboxes.mail.mails) == 2
    for address in ("a@example.net", "b@example.net", "c@example.net"):
        session, _ = issued_by(shop, "hana", buyer_email=address)
        shop.cancel(session)
        shop.drain()
    assert [mail["To"] for mail in mailboxes.mail.mails[2:]] == ["a@example.net"]


def issued_by(shop: Shop, user: str, **wish: object) -> tuple[Json, str]:
    """A session of this user that waits for a deposit."""
    session = shop.open(user=user, pay_method="vbank", **wish)
    imp_uid = shop.window(session, vbank_due=session["checkout"]["params"]["vbank_due"])
    shop.act(imp_uid, "issue")
    shop.webhook(session, imp_uid, "ready")
    shop.drain()
    return session, imp_uid


@V1_ONLY
def test_a_receiver_that_refuses_raises_no_alert(
    shop: Shop, shop_with: Callable[..., Shop], turn: Turn, mailboxes: Recipients
) -> None:
    """Neither alerts nor /readyz depend on the receiver of notices; its answers mean what those of others mean."""
    shop = shop_with(**mailboxes.settings("webhook"))
    mailboxes.sender.behaviour = says(http(b"", 429, "Retry-After: 1800"))
    shop.paid()
    (row,) = rows(shop)
    assert row.status == PENDING
    assert row.due_at - row.created_at >= timedelta(minutes=30)
    mailboxes.sender.behaviour = says(http(b"", 410))
    shop.paid()
    assert [row.status for row in rows(shop)] == [PENDING, DEAD]
    turn(HOUR)
    with shop.engine.transaction():
        subject = Subject(services_of(shop.app).settings, services_of(shop.app).registry.row_kinds)
        assert claims.due_count(OutboundMessage, 9) == 1
        assert claims.oldest_due(OutboundMessage) is None
        assert statistics.due()["outbound_messages"] == (1, None)
        assert measurements.dead_work(subject).value == 0
    shop.drain()
