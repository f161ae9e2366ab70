"""The one place where effects become rows, each under the session's lock. Reservations of stock and slots, which come
before a decision, are made by its callers (`provider_state.reserve`, `session_limits`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch

from pitturu.domain import clock
from pitturu.domain.cause import Cause, EventKind
from pitturu.domain.decision import Effect, KnownCancel
from pitturu.domain.decision import cancel_effects as cancels
from pitturu.domain.decision import effects as of_order
from pitturu.domain.decline_reasons import decline_reason
from pitturu.domain.lifecycle import OPEN, SessionStatus, advance
from pitturu.payments import announcements, inventory, shop_events, timeline
from pitturu.payments.loaded_order import LoadedOrder, new_payment, update_payment
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Target:
    """Where an effect is written: the order's rows, and why they are changed."""

    work: UnitOfWork
    order: LoadedOrder
    cause: Cause


def apply_effects(work: UnitOfWork, order: LoadedOrder, effects: Iterable[Effect], cause: Cause) -> None:
    """Write what was decided, in its order; the order's facts are brought up to date with it.

    Raises IllegalMove and IllegalCancelMove for what the lifecycles forbid.
    """
    target = Target(work, order, cause)
    for effect in effects:
        order.facts = effect.evolve(order.facts)
        _write(effect, target)


@singledispatch
def _write(effect: Effect, target: Target) -> None:
    raise TypeError(f"{type(effect).__name__} cannot be written")


@_write.register
def _(effect: of_order.SavePayment, target: Target) -> None:
    known = effect.payment
    row = target.order.payments.get(known.provider_id)
    if row is None:
        row = new_payment(target.order, known)
        target.work.session.add(row)
    update_payment(row, known)


@_write.register
def _(effect: of_order.Observe, target: Target) -> None:
    target.order.session.provider_status = effect.provider_status


@_write.register
def _(effect: of_order.Move, target: Target) -> None:
    session = target.order.session
    before, session.status = session.state, advance(session.state, effect.status)
    if effect.status not in OPEN:
        session.open_slot = None
    reason = None
    if effect.status is SessionStatus.FAILED:
        session.fail_reason, reason = effect.detail, decline_reason(effect.detail)
    change = {"from_status": before, "to_status": effect.status, "decline_reason": reason, "detail": effect.detail}
    _line(target, EventKind.STATUS, target.order.current_payment, **change)
    if before is not effect.status:
        announcements.status_changed(target.work, target.order, before, effect.detail)


@_write.register
def _(effect: of_order.Money, target: Target) -> None:
    payment = target.order.payments[effect.provider_id]
    _line(target, EventKind.MONEY, payment, payment_key=payment.id, amount=effect.amount, detail=effect.detail)
    if effect.amount < 0:
        announcements.refunded(target.work, target.order, effect.provider_id, effect.cancel_id, -effect.amount)


@_write.register
def _(effect: of_order.Note, target: Target) -> None:
    payment = target.order.payments.get(effect.provider_id or "")
    _line(target, effect.kind, payment, payment_key=payment.id if payment else None, detail=effect.text)


def _line(target: Target, kind: EventKind, payment: Payment | None, **columns: object) -> None:
    """A line of the order's timeline. An order that was never issued here has none."""
    if target.order.issued is not None:
        timeline.write(target.work, target.order.issued, target.cause, kind, payment, **columns)


@_write.register
def _(effect: of_order.Accept, target: Target) -> None:
    session = target.order.session
    session.imp_uid, session.paid_at, session.fail_reason = effect.provider_id, effect.paid_at, None
    session.pay_method = effect.method[:20] or session.pay_method


@_write.register
def _(effect: of_order.TakeAccount, target: Target) -> None:
    session, account = target.order.session, effect.account
    session.vbank_code, session.vbank_name = account.bank_code[:10], account.bank_name[:50]
    session.vbank_number, session.vbank_holder = account.number[:50], account.holder[:100]
    session.vbank_due_at, session.expires_at, session.watch_until = effect.due_at, effect.expires_at, effect.watch_until
    session.window_until = None
    session.imp_uid, session.fail_reason = effect.provider_id, None
    announcements.account_changed(target.work, target.order)


@_write.register
def _(effect: of_order.Prepared, target: Target) -> None:
    target.order.session.prepared_at = target.order.session.prepared_at or effect.at


@_write.register
def _(effect: of_order.Reopen, target: Target) -> None:
    target.order.session.fail_reason, target.order.session.reopened_at = None, effect.at


@_write.register
def _(effect: of_order.OpenWindow, target: Target) -> None:
    session = target.order.session
    session.expires_at, session.window_until = session.window_until or session.expires_at, None
    target.work.changed(session.session_id)


@_write.register
def _(effect: of_order.EndNow, target: Target) -> None:
    target.order.session.expires_at, target.order.session.window_until = effect.at, None


@_write.register
def _(effect: of_order.Grant, target: Target) -> None:
    inventory.grant(target.work, target.order.session, target.order.order.lines, target.cause.request_id)


@_write.register
def _(effect: of_order.TakeBack, target: Target) -> None:
    line = next(line for line in target.order.order.lines if line.key == effect.line_key)
    request_id = target.cause.request_id
    inventory.take_back(target.work, target.order.session, line, effect.pieces, effect.cancel_id, request_id)


@_write.register
def _(effect: of_order.ReleaseStock, target: Target) -> None:
    inventory.release(target.work, target.order.session)


@_write.register
def _(effect: of_order.Schedule, target: Target) -> None:
    session = target.order.session
    if effect.due is None:
        session.due_at = None
    else:
        session.plan(effect.due.job, effect.due.at)


@_write.register
def _(effect: of_order.Finish, target: Target) -> None:
    session = target.order.session
    asked_about = session.asked_about
    session.done(effect.claim.until)
    if asked_about and not session.asked_about:
        target.work.changed(session.session_id)


@_write.register
def _(effect: of_order.Retry, target: Target) -> None:
    session, otherwise = target.order.session, effect.otherwise
    held = session.due_at == effect.claim.until
    session.retry(effect.claim.until, effect.policy, effect.reason)
    if held and otherwise and (session.due_at is None or session.due_at >= otherwise.at):
        session.plan(otherwise.job, otherwise.at)


@_write.register
def _(effect: of_order.Wake, target: Target) -> None:
    target.work.wake(effect.job)


@_write.register
def _(effect: cancels.OpenCancel, target: Target) -> None:
    known, order = effect.cancel, target.order
    # A payment may be new as well, and the database wants it first.
    target.work.session.flush()
    row = Cancellation(
        id=known.id,
        payment_key=order.payments[known.provider_id].id,
        session_key=order.issued.id if order.issued else None,
        kind=known.kind,
        origin=known.origin,
        reason=known.reason,
        due_at=clock.now() if effect.due else None,
        request_id=target.cause.request_id,
    )
    write_cancel(known, row)
    target.work.session.add(row)
    target.work.session.flush()
    order.cancels[row.id] = row


@_write.register
def _(effect: cancels.ChangeCancel, target: Target) -> None:
    row = target.order.cancels[effect.cancel.id]
    before = row.stage
    write_cancel(effect.cancel, row)
    if row.stage != before:
        shop_events.cancel_changed(target.work, target.order, row)


def write_cancel(known: KnownCancel, row: Cancellation) -> None:
    """Bring the row of a cancel up to date."""
    row.amount, row.balance, row.round, row.refusal = known.amount, known.balance, known.round, known.refusal
    row.pieces = {str(key): number for key, number in known.pieces} or None
    row.tax_free, row.vat = known.tax_free, known.vat
    row.provider_cancellation_id, row.receipt_url = known.provider_cancellation_id, known.receipt_url
    row.reviewed_by, row.approved_by = known.reviewed_by, known.approved_by
    if known.stage == row.stage:
        return
    if known.is_undecided:
        row.stage, row.decided_at = known.stage, None
    else:
        row.decide(known.stage)


@_write.register
def _(effect: cancels.CancelDue, target: Target) -> None:
    row = target.order.cancels[effect.cancel_id]
    if effect.afresh:
        row.make_due(target.cause.request_id)
    else:
        row.due_at = clock.now()


@_write.register
def _(effect: cancels.RetryCancel, target: Target) -> None:
    row = target.order.cancels[effect.cancel_id]
    if row.due_at is not None:
        row.retry(row.due_at, effect.policy, effect.reason)
    if effect.seen:
        row.mark_dead()
