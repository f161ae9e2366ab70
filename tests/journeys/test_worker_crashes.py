"""A worker crashes during every kind of work: after its lease another one completes it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pitturu.domain.errors import GatewayError
from pitturu.domain.jobs import JobName
from pitturu.payments import expiry, preparation, verification, webhook_inbox
from pitturu.payments.cancellations import send
from pitturu.payments.handlers import AnyJobHandler
from tests.shop import Json, Shop

Turn = Callable[[timedelta], None]
LEASE = timedelta(seconds=90)


def to_prepare(shop: Shop, turn: Turn) -> Json:
    return shop.open(prepared=False)


def to_verify(shop: Shop, turn: Turn) -> Json:
    session = shop.open()
    shop.verify(session, shop.pay(session))
    return session


def to_hear(shop: Shop, turn: Turn) -> Json:
    session = shop.open()
    shop.webhook(session, shop.pay(session))
    return session


def to_cancel(shop: Shop, turn: Turn) -> Json:
    session = shop.paid()
    shop.cancel(session)
    return session


def to_withdraw(shop: Shop, turn: Turn) -> Json:
    session = shop.open(pay_method="vbank")
    imp_uid = shop.window(session)
    shop.act(imp_uid, "issue")
    shop.webhook(session, imp_uid, "ready")
    shop.drain()
    shop.cancel(session)
    return session


def to_expire(shop: Shop, turn: Turn) -> Json:
    session = shop.open()
    turn(timedelta(minutes=31))
    return session


WORK = [
    (preparation.HANDLER, to_prepare, "prepared"),
    (verification.HANDLER, to_verify, "paid"),
    (webhook_inbox.HANDLER, to_hear, "paid"),
    (send.HANDLER, to_cancel, "cancelled"),
    (send.HANDLER, to_withdraw, "cancelled"),
    (expiry.HANDLER, to_expire, "expired"),
]


def claim_and_vanish(shop: Shop, job: AnyJobHandler, asks: bool) -> list[Any]:
    """A worker claims what is due, possibly calls PortOne, and crashes."""
    with shop.engine.transaction() as work:
        claimed_jobs = job.claim(shop.engine.context, work, 25)
    for claimed in claimed_jobs if asks else ():
        try:
            job.ask(shop.engine.context, claimed)
        except GatewayError as error:
            raise AssertionError(f"PortOne was healthy: {error}") from error
    return list(claimed_jobs)


@pytest.mark.parametrize(("job", "situation", "status"), WORK, ids=lambda value: getattr(value, "__name__", None))
@pytest.mark.parametrize("asks", [False, True], ids=["claimed", "asked"])
def test_done_by_another_after_the_lease(
    shop: Shop, turn: Turn, job: AnyJobHandler, situation: Callable[[Shop, Turn], Json], status: str, asks: bool
) -> None:
    session = situation(shop, turn)
    assert len(claim_and_vanish(shop, job, asks)) == 1
    before = shop.session(session)["status"]
    shop.drain()
    assert shop.session(session)["status"] == before, "nobody else may touch it while the lease runs"
    turn(LEASE + timedelta(seconds=1))
    shop.drain()
    # A cancel that may have been sent is queried first, and sent again only if PortOne does not have it.
    turn(timedelta(seconds=30))
    shop.drain()
    assert shop.session(session)["status"] == status
    assert len(shop.portone.calls_to("payments.cancel")) <= 1


def test_two_workers_die_one_after_the_other(shop: Shop, turn: Turn) -> None:
    session = to_cancel(shop, turn)
    for asks in (True, True):
        claim_and_vanish(shop, send.HANDLER, asks)
        turn(LEASE + timedelta(seconds=1))
    shop.drain()
    assert shop.session(session)["status"] == "cancelled"
    assert len(shop.portone.calls_to("payments.cancel")) == 1


def test_a_frozen_worker_applies_an_old_answer(shop: Shop, turn: Turn) -> None:
    """It queried before the payment, and applies its answer after another worker has seen the payment."""
    session = shop.open()
    imp_uid = shop.window(session)
    shop.verify(session, imp_uid)
    job = verification.HANDLER
    with shop.engine.transaction() as work:
        (claimed,) = job.claim(shop.engine.context, work, 25)
    old = job.ask(shop.engine.context, claimed)
    shop.act(imp_uid, "approve")
    turn(LEASE + timedelta(seconds=1))
    shop.drain()
    assert shop.session(session)["status"] == "paid"
    with shop.engine.transaction() as work:
        job.apply(shop.engine.context, work, claimed, old)
    assert shop.session(session)["status"] == "paid"
    assert shop.due() == set()


def test_a_frozen_worker_applies_its_cancel(shop: Shop, turn: Turn) -> None:
    """The lease expired while PortOne executed it; another worker queried and recorded it. It is recorded once."""
    session = to_cancel(shop, turn)
    job = send.HANDLER
    with shop.engine.transaction() as work:
        (step,) = job.claim(shop.engine.context, work, 25)
    answer = job.ask(shop.engine.context, step)
    turn(LEASE + timedelta(seconds=1))
    shop.drain()
    with shop.engine.transaction() as work:
        job.apply(shop.engine.context, work, step, answer)
    payment = shop.payment(session)
    assert (payment["cancelled_amount"], len(payment["cancellations"])) == (10_000, 1)
    assert JobName.CANCEL not in shop.due()
