"""A comparison as a row of work: begun once when due, run at a limited rate, ended, deleted when old."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import JobName
from pitturu.extensions import db
from pitturu.payments.handlers import WorkerContext
from pitturu.reconciliation import discrepancies, listings, runs, window
from pitturu.reconciliation.runs import ReconciliationRequest
from pitturu.reconciliation.window import Window
from pitturu.registry import HANDLERS
from pitturu.services import services_of
from pitturu.store import reconciliation_rows
from pitturu.store.reconciliations import Finding, ReconciliationRun, Scope, Sighting, Walk
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.worker import sweep
from tests.journeys.books import Books, Turn, begin
from tests.shop import Shop
from tests.store import rows

HOUR = timedelta(hours=1)


def all_rows(table: Any) -> list[Any]:
    return list(db.session.scalars(select(table)))


@pytest.mark.usefixtures("tables")
def test_due_comparisons_begin_once_with_several_beats(work: UnitOfWork, settings: Settings) -> None:
    for _ in range(2):
        runs.begin_on_time(work, settings)

    found = {row.scope: row for row in all_rows(ReconciliationRun)}
    assert set(found) == set(Scope)
    assert found[Scope.FULL].until - found[Scope.FULL].since == timedelta(days=7)
    assert found[Scope.WEBHOOKS].until - found[Scope.WEBHOOKS].since == HOUR


@pytest.mark.usefixtures("tables")
def test_comparisons_begin_again_on_the_next_day(work: UnitOfWork, settings: Settings) -> None:
    runs.begin_on_time(work, settings)
    day_later = clock.now() + timedelta(days=1)
    clock.use(lambda: day_later)
    runs.begin_on_time(work, settings)

    assert len(all_rows(ReconciliationRun)) == 4


@pytest.mark.usefixtures("tables")
def test_comparisons_of_one_scope_go_one_after_the_other(work: UnitOfWork, settings: Settings) -> None:
    now = clock.now()
    for days in (1, 2):
        runs.begin(work, ReconciliationRequest(Window(now - timedelta(days=days), now), "operator"), settings, None)
    runs.begin(work, ReconciliationRequest(Window(now - HOUR, now), "operator", scope=Scope.WEBHOOKS), settings, None)
    context = WorkerContext({}, settings)

    first = runs.HANDLER.claim(context, work, 10)

    assert sorted(step.walk for step in first) == [Walk.V1_PAYMENTS, Walk.WEBHOOKS]
    assert runs.HANDLER.claim(context, work, 10) == []
    assert JobName.COMPARE not in sweep.run(HANDLERS)


@pytest.mark.usefixtures("tables")
def test_calls_are_limited_to_the_rate(work: UnitOfWork, settings: Settings) -> None:
    context = WorkerContext({}, replace(settings, comparison_rate=2))
    now = clock.now()
    clock.use(lambda: now)
    row = runs.begin(work, ReconciliationRequest(Window(now - HOUR, now), "operator"), settings, None)
    (first,) = runs.HANDLER.claim(context, work, 1)
    row.due_at = now
    (second,) = runs.HANDLER.claim(context, work, 1)

    assert (first.pause, second.pause) == (0, 0.5)


@pytest.mark.usefixtures("tables")
def test_the_next_step_is_due_now_unless_another_worker_has_claimed_it(work: UnitOfWork, settings: Settings) -> None:
    context, now = WorkerContext({}, settings), clock.now()
    clock.use(lambda: now)
    row = runs.begin(work, ReconciliationRequest(Window(now - HOUR, now), "operator"), settings, None)
    row.walk = Walk.OURS
    (step,) = runs.HANDLER.claim(context, work, 1)
    row.due_at = later = now + HOUR

    runs.HANDLER.apply(context, work, step, None)
    assert (row.walk, row.due_at) == (Walk.OURS, later)

    row.due_at = step.until
    runs.HANDLER.apply(context, work, step, None)
    assert (row.walk, row.due_at) == (Walk.V2_RECEIPTS, now)


def test_a_list_that_repeats_its_cursor_is_for_an_operator(settings: Settings) -> None:
    class Stuck:
        def payments(self, page: Any) -> tuple[tuple[()], str]:
            return (), "again"

    page = listings.Page(clock.now() - HOUR, clock.now(), "again")
    context: Any = WorkerContext({"v2": Stuck()}, settings)  # type: ignore[dict-item]
    step: Any = listings.Step(None, None, Walk.V2_PAYMENTS, None, 0, page, None, None)

    with pytest.raises(GatewayError) as caught:
        listings.ask(context, step)

    assert caught.value.reaction is Reaction.CALL_HUMAN


def test_a_payment_that_portone_does_not_know_is_for_an_operator(shop: Shop, app: Flask, turn: Turn) -> None:
    with app.app_context():
        session, _ = rows.purchase()
        db.session.execute(ReconciliationRun.__table__.delete())
        session.watch_until = session.expires_at = clock.now() - timedelta(days=3)
        db.session.query(rows.Payment).update({"sandbox": True})
        db.session.commit()

    books = begin(shop).to_the_end(turn)

    assert books.findings == [("missing_there", "open")]
    assert "PortOne does not know" in books.rows[0].words


def test_a_payment_that_was_cancelled_after_the_window_is_not_missing_there(shop: Shop, turn: Turn) -> None:
    """V1 lists it under the day of its cancel, not in the window, so PortOne is asked about it."""
    session = shop.paid()
    until = clock.now() + timedelta(seconds=1)
    turn(timedelta(hours=2))
    shop.cancel(session)
    shop.drain()
    settings = services_of(shop.app).settings
    with shop.engine.transaction() as work:
        request = ReconciliationRequest(Window(until - timedelta(days=1), until), "operator")
        row = runs.begin(work, request, settings, None)
        row.generations = "v1"
        books = Books(shop, row.id)

    books.to_the_end(turn)

    assert (books.findings, len(shop.portone.calls(f"/payments/{shop.session(session)['imp_uid']}"))) == ([], 1)


def test_a_difference_that_verification_does_not_resolve_is_for_an_operator(shop: Shop, turn: Turn) -> None:
    shop.paid()
    shop.set(rows.Payment, pay_method="trans")

    books = begin(shop).to_the_end(turn)

    assert books.findings == [("method", "open")]
    shop.set(rows.Payment, pay_method="card")


def test_a_comparison_ends_though_a_verification_does_not(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    turn(timedelta(hours=2))
    shop.drain()
    attempt = shop.session(session)["imp_uid"]
    shop.act(attempt, "console-cancel")
    shop.portone.faults({"kind": "status", "status": 503, "endpoint": "payments.findAll"})

    books = begin(shop).to_the_end(turn)

    assert books.findings == [("cancelled_amount", "open")]
    assert books.row.ended_at is not None
    shop.portone.faults()


def test_missing_webhooks_of_the_last_hour(shop: Shop, turn: Turn) -> None:
    announced, unannounced = shop.paid(), shop.paid()
    shop.webhook(announced, shop.session(announced)["imp_uid"])
    for session in (announced, unannounced):
        shop.act(shop.session(session)["imp_uid"], "console-cancel", amount=400)
        shop.verify(session, shop.session(session)["imp_uid"])
    shop.webhook(announced, shop.session(announced)["imp_uid"], "cancelled")
    shop.drain()
    turn(HOUR + window.WEBHOOK_DELAY)
    settings = services_of(shop.app).settings
    with shop.engine.transaction() as work:
        runs.begin_on_time(work, settings)
    shop.drain()

    with shop.app.app_context():
        row = reconciliation_rows.last_ended(Scope.WEBHOOKS)
        assert row is not None
        found = [(one.order_id, one.theirs, one.state) for one in reconciliation_rows.findings(row.id, 0, 10)]
    assert ("payment", "healed") in {(what, state) for _, what, state in found}
    assert {order for order, _, _ in found} == {unannounced["merchant_uid"]}


def test_the_number_of_findings_of_a_kind_is_limited(shop: Shop, turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discrepancies, "MOST_LISTED", 2)
    for _ in range(3):
        shop.paid()

    books = begin(shop).to_the_end(turn)

    assert len(books.silent) == 2


def test_sightings_are_deleted_at_the_end(shop: Shop, turn: Turn) -> None:
    shop.paid()
    begin(shop).to_the_end(turn)

    with shop.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Sighting)) == 0


def test_old_comparisons_are_deleted_except_those_with_a_refund(shop: Shop, turn: Turn) -> None:
    shop.paid()
    books = [begin(shop, days=days).to_the_end(turn) for days in (1, 2)]
    with shop.app.app_context():
        keep = db.session.scalars(select(Finding).where(Finding.comparison_key == books[0].key)).first()
        assert keep is not None
        keep.kind, keep.cancellation_key = "unknown", rows.cancellation(db.session.query(rows.Payment).first()).id
        db.session.commit()
    shop.set(ReconciliationRun, ended_at=clock.now() - reconciliation_rows.KEPT_FOR)

    with shop.engine.transaction():
        sweep.clean()

    with shop.app.app_context():
        assert [row.id for row in all_rows(ReconciliationRun)] == [books[0].key]
