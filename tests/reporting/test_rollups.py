"""Rollups: each line is counted once, whenever its transaction ends, and a new count proves it."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from pitturu.domain.cause import CauseKind, EventKind, Origin
from pitturu.extensions import db
from pitturu.payments import webhook_inbox
from pitturu.reporting import rollups
from pitturu.store.events import PaymentEvent
from pitturu.store.rollups import HourlyRollup, Measure, RollupProgress, RollupTotal
from pitturu.store.unit_of_work import unit_of_work
from pitturu.store.webhooks import WebhookDelivery
from tests.counted import count_all
from tests.reporting.counting import NOON, agree, counts, other_transaction, write
from tests.shop import Shop
from tests.waiting import until


def test_a_purchase_a_refund_and_a_decline(shop: Shop) -> None:
    payment = shop.paid()
    shop.refund(payment, 1_000)
    shop.decline(shop.open())
    with shop.app.app_context():
        count_all()

        transitions = counts(Measure.TRANSITION)
        assert transitions[">created"] == (2, 0)
        assert transitions["verifying>paid"] == transitions["verifying>failed"] == (1, 0)
        assert counts(Measure.RECEIVED) == {"": (1, 10_000)}
        assert counts(Measure.REFUNDED) == {"": (1, 1_000)}
        assert sum(count for count, _ in counts(Measure.DECLINED).values()) == 1
        assert sum(count for count, _ in counts(Measure.TIME_TO_PAID).values()) == 1
        money = db.session.scalars(select(RollupTotal).where(RollupTotal.measure == Measure.RECEIVED)).one()
        assert (money.generation, money.pay_method) == ("v1", "card")
        assert money.pg_provider == "html5_inicis"
        assert agree()


def test_webhooks_by_kind_and_outcome(shop: Shop) -> None:
    session = shop.open()
    imp_uid = shop.pay(session)
    notice = {"imp_uid": imp_uid, "merchant_uid": session["merchant_uid"], "status": "paid"}
    for body in (notice, notice | {"status": "words of a stranger"}):
        assert shop.client.post("/api/v1/payments/webhook", json=body).status_code == 200
    shop.drain()
    with shop.app.app_context():
        count_all()

        assert counts(Measure.WEBHOOK) == {"paid:done": (1, 0), "other:done": (1, 0)}
        assert sum(count for count, _ in counts(Measure.WEBHOOK_LAG).values()) == 2
        assert agree()


@pytest.mark.parametrize("known", [True, False])
def test_a_worker_whose_lease_ended_counts_no_webhook_again(
    shop: Shop, turn: Callable[[timedelta], None], known: bool
) -> None:
    session = shop.open()
    order = session["merchant_uid"] if known else "of-somebody-else"
    notice = {"imp_uid": shop.pay(session), "merchant_uid": order, "status": "paid"}
    assert shop.client.post("/api/v1/payments/webhook", json=notice).status_code == 200
    handler, context, claimed = webhook_inbox.HANDLER, shop.engine.context, []
    for _ in range(2):
        with shop.engine.transaction() as work:
            claimed += handler.claim(context, work, 5)
        turn(context.settings.lease + timedelta(minutes=1))
    assert len(claimed) == 2
    with shop.app.app_context(), unit_of_work() as work:
        # The last of its tries, so that an unknown order is closed as well.
        work.session.execute(update(WebhookDelivery).values(attempts=99))
    for one in reversed(claimed):
        answer = handler.ask(context, one)
        with shop.engine.transaction() as work:
            handler.apply(context, work, one, answer)
    with shop.app.app_context():
        count_all()
        assert counts(Measure.WEBHOOK) == {f"paid:{'done' if known else 'orphaned'}": (1, 0)}


def test_the_time_to_paid_ends_with_the_verify_before_it(session_key: UUID) -> None:
    line = text(
        "INSERT INTO payment_events (session_key, kind, cause, origin, at, from_status, to_status)"
        " VALUES (:session, 'status', 'verify', 'system', :at, :before, :after)"
    )
    changes = [(0, "prepared", "verifying"), (2, "verifying", "paid"), (60, "failed", "verifying")]
    with other_transaction() as connection:
        for seconds, before, after in changes:
            at = NOON + timedelta(seconds=seconds)
            connection.execute(line, {"session": session_key, "at": at, "before": before, "after": after})
    count_all()
    assert [total for _, total in counts(Measure.TIME_TO_PAID).values()] == [2_000]


def test_nothing_is_counted_twice(session_key: UUID) -> None:
    with other_transaction() as connection:
        write(connection, session_key, 500)
    for _ in range(3):
        count_all()

    assert counts(Measure.RECEIVED) == counts(Measure.RECEIVED, HourlyRollup) == {"": (1, 500)}


def test_a_line_that_commits_late_is_counted_later_and_once(session_key: UUID) -> None:
    """Its id is lower than that of a line that was counted before: who went on after the highest id would miss it."""
    count_all()
    with other_transaction() as slow:
        write(slow, session_key, 1)
        with other_transaction() as quick:
            write(quick, session_key, 2)
        rollups.update(unit_of_work)
        assert counts(Measure.RECEIVED) == {}, "the slow transaction began first, so nothing after it is counted yet"
    count_all()

    assert counts(Measure.RECEIVED) == {"": (2, 3)}
    assert agree()


def test_the_age_of_the_figures_grows_while_a_transaction_stays_open(session_key: UUID) -> None:
    with other_transaction() as forgotten:
        number = forgotten.execute(text("SELECT pg_current_xact_id()::text")).scalar_one()
        until(lambda: _counted_now().counted_below == number, "all that ended before it is counted")
        before = _counted_now().counted_at
        assert _counted_now().counted_at == before


def _counted_now() -> RollupProgress:
    rollups.update(unit_of_work)
    db.session.expire_all()
    return db.session.scalars(select(RollupProgress)).one()


def test_a_line_that_is_rolled_back_is_not_counted(session_key: UUID) -> None:
    count_all()
    with db.engine.connect() as connection:
        write(connection, session_key, 1)
        connection.rollback()
    count_all()

    assert counts(Measure.RECEIVED) == {}


def test_writers_and_several_counters_at_once(app: Flask, session_key: UUID) -> None:
    rounds, lines = 15, 4

    def write_lines(number: int) -> None:
        with app.app_context():
            for amount in range(rounds):
                with other_transaction() as connection:
                    for _ in range(lines):
                        write(connection, session_key, amount + 1, NOON + timedelta(hours=number))

    def count_lines(_: int) -> None:
        with app.app_context():
            for _ in range(rounds):
                rollups.update(unit_of_work)

    def recount_lines(_: int) -> None:
        with app.app_context():
            for _ in range(3):
                rollups.rebuild(unit_of_work)

    tasks = [*(partial(write_lines, number) for number in range(4)), *(partial(count_lines, n) for n in range(2))]
    with ThreadPoolExecutor(8) as threads:
        running = [threads.submit(task) for task in (*tasks, partial(recount_lines, 0))]
    for one in running:
        one.result()
    count_all()

    assert counts(Measure.RECEIVED) == {"": (4 * rounds * lines, 4 * lines * sum(range(1, rounds + 1)))}
    assert agree()


def test_hours_are_those_of_the_events(session_key: UUID) -> None:
    with other_transaction() as connection:
        for minutes in (0, 29, 30):
            write(connection, session_key, 100, NOON + timedelta(minutes=minutes))
    count_all()

    found = db.session.execute(select(HourlyRollup.hour, HourlyRollup.count))
    assert Counter(dict(found.all())) == {NOON.replace(minute=0): 2, NOON.replace(hour=13, minute=0): 1}


def test_counting_goes_on_while_another_process_counts(session_key: UUID) -> None:
    with other_transaction() as connection:
        write(connection, session_key, 100)
    with other_transaction() as connection:
        connection.execute(text("INSERT INTO rollup_progress VALUES (1, 0, 0, '0', NULL, NULL, TRUE)"))
    with other_transaction() as busy:
        busy.execute(text("SELECT * FROM rollup_progress FOR UPDATE"))
        rollups.update(unit_of_work)
        assert counts(Measure.RECEIVED) == {}
    count_all()

    assert counts(Measure.RECEIVED) == {"": (1, 100)}


def test_the_columns_of_a_line_do_not_change_with_the_order(shop: Shop) -> None:
    session = shop.open(pay_method="card")
    shop.post(f"/payments/sessions/{session['session_id']}/prepare", {"pay_method": "kakaopay"})
    with shop.app.app_context():
        created = select(PaymentEvent).where(PaymentEvent.kind == EventKind.STATUS).order_by(PaymentEvent.id).limit(1)
        line = db.session.scalars(created).one()
        assert (line.pay_method, line.generation) == ("card", "v1")
        assert (line.cause, line.origin) == (CauseKind.SESSION, Origin.BUYER)
