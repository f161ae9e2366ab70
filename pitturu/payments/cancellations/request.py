"""Requests of cancels: they are validated and stored here, reviewed where a person has to (`review`), and sent by the
worker (`send`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from pitturu.domain import clock
from pitturu.domain.cancellation import IN_TURN, CancelKind, CancelStage
from pitturu.domain.cause import Cause, CauseKind, EventKind, Origin, origin_of
from pitturu.domain.decision import Line
from pitturu.domain.decision.cancel_policy import LIMITED, CancelPolicy, needs_second_person
from pitturu.domain.decision.cancel_request import Refused, WantedRefund, plan_refund
from pitturu.domain.decision.refunds import begin_anew
from pitturu.domain.errors import Conflict, NotFound, Unprocessable
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import RefundAccount
from pitturu.domain.roles import Permission, Requester, permission_needed
from pitturu.payments import loaded_order, timeline
from pitturu.payments.apply_effects import write_cancel
from pitturu.payments.cancellations.possible import options_of, refund_account, require_possible
from pitturu.payments.cancellations.refusals import refusal
from pitturu.payments.loaded_order import known_cancel, known_payment
from pitturu.store import acknowledgements, cancellations, history
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class CancelRequest:
    """`amount` in won, or pieces: `quantity` of the only line, or `lines` by their keys. None of these means all that
    remains. With an amount and pieces, an operator says which pieces come back for which money."""

    reason: str
    amount: int | None = None
    quantity: int | None = None
    lines: Mapping[UUID, int] | None = None
    refund_account: RefundAccount | None = None


@dataclass(frozen=True)
class _Context:
    """What a request is about, under the lock of the session. `every` are all cancels of the payment, oldest first."""

    session: PaymentSession
    payment: Payment
    every: Sequence[Cancellation]
    request: CancelRequest
    cause: Cause
    policy: CancelPolicy

    @property
    def limited(self) -> bool:
        """Whether an operator or the shop's server requests it, for a buyer."""
        return self.cause.origin in LIMITED


def request_cancel(
    work: UnitOfWork,
    payment_id: str,
    requester: Requester,
    request: CancelRequest,
    policy: CancelPolicy,
    request_id: str,
) -> Payment:
    """Store a cancel: for the worker to send, or for a person to decide first.

    Raises NotFound, NotAllowed (an amount by the buyer; an operator without the permission), Conflict (nothing left, or
    being refunded already, or not returnable any more), Unprocessable (values).
    """
    payment = visible_payment(payment_id, requester)
    origin = origin_of(requester.username, payment.user_username or "")
    if origin in LIMITED:
        _require_permission(requester, _permission(request))
    session = work.lock_session(payment.owner)
    payment = work.payments_of(session.id)[payment.imp_uid]
    cause = Cause(CauseKind.CANCEL, origin, requester.username, clock.now(), request_id)
    context = _Context(session, payment, cancellations.of_payment(payment.id), request, cause, policy)
    row = _automatic_refund(work, context) or _out_of_tries(context) or _new_row(work, context)
    if row.stage in IN_TURN:
        row.make_due(request_id)
    # Cancels of one payment are sent one after the other: a dead one would block those that follow.
    for earlier in context.every:
        if earlier.dead_at is not None:
            earlier.make_due()
    stage = "" if row.stage in IN_TURN else f"{row.stage}: "
    detail = f"{stage}{row.amount} KRW: {request.reason}"[:500]
    timeline.write(work, session, cause, EventKind.CANCEL_REQUESTED, payment_key=payment.id, detail=detail)
    work.wake(JobName.CANCEL)
    return payment


def visible_payment(payment_id: str, requester: Requester) -> Payment:
    """The payment, if this user may see it. Raises NotFound otherwise."""
    payment = history.by_public_id(payment_id)
    if payment is None or payment.session_key is None or not requester.may_see(payment.user_username):
        raise NotFound("payment_not_found", "You have no such payment. GET /api/v1/me/payments lists yours.")
    return payment


def _permission(request: CancelRequest) -> Permission:
    """An account that an operator names could be anybody's: that needs the same right as an amount."""
    freely = request.amount is not None or request.refund_account is not None
    return Permission.CANCEL_BY_AMOUNT if freely else Permission.CANCEL


def _require_permission(requester: Requester, permission: Permission) -> None:
    if not requester.may(permission):
        raise permission_needed(permission)


def _automatic_refund(work: UnitOfWork, context: _Context) -> Cancellation | None:
    """An automatic refund that this request continues: it needs an account, or was refused, or failed before.

    An operator who names an account for much money could name an own one, so a second operator approves it.
    """
    automatic = next(
        (row for row in context.every if row.origin == Origin.SYSTEM and row.kind == CancelKind.REFUND), None
    )
    payment = context.payment
    if automatic is None or payment.remaining <= 0:
        return None
    if not _waits_for_account(work, automatic, context):
        return automatic if automatic.stage in IN_TURN and automatic.last_error else None
    account = refund_account(payment, options_of(payment, context.every), context.request.refund_account)
    automatic.refund_account = account
    begun = begin_anew(known_cancel(automatic, payment.imp_uid))
    known = begun._replace(amount=payment.remaining, reviewed_by=None, approved_by=None)
    others = [known_cancel(row, payment.imp_uid) for row in context.every if row is not automatic]
    if context.limited and account and needs_second_person(others, known.amount, context.policy):
        known = known._replace(stage=CancelStage.AWAITING_APPROVAL, reviewed_by=context.cause.name)
    write_cancel(known, automatic)
    acknowledgements.remove(work, automatic.id)
    return automatic


def _waits_for_account(work: UnitOfWork, automatic: Cancellation, context: _Context) -> bool:
    """Whether this request begins the refund anew: it has no account, was refused, or fails with an account that the
    request replaces. One that is on its way is asked about first."""
    if automatic.stage != CancelStage.REQUESTED:
        return automatic.stage in (CancelStage.NEEDS_ACCOUNT, CancelStage.REFUSED)
    if context.request.refund_account is None or automatic.last_error is None:
        return False
    # A worker claims without the session's lock, so the row is locked before its stage is believed.
    (locked,) = work.lock(select(Cancellation).where(Cancellation.id == automatic.id))
    return locked.stage == CancelStage.REQUESTED


def _out_of_tries(context: _Context) -> Cancellation | None:
    """A dead cancel, if nothing else is left to cancel: the request then repeats that one."""
    rows = [row for row in context.every if row.is_undecided]
    dead = next((row for row in rows if row.dead_at is not None), None)
    requested = sum(row.amount for row in rows)
    all_requested = context.payment.paid_at is None or requested >= context.payment.remaining
    return dead if dead is not None and all_requested else None


def _new_row(work: UnitOfWork, context: _Context) -> Cancellation:
    payment, session = context.payment, context.session
    if payment.status == SessionStatus.AWAITING_DEPOSIT:
        row = _revoke(context)
    elif payment.paid_at is None:
        raise Conflict(
            "nothing_to_cancel", f"This payment is {payment.status}: no money was taken, so none can be refunded."
        )
    elif not payment.accepted:
        raise Conflict("already_going_back", "This payment was not accepted and is being refunded in full already.")
    else:
        row = _refund(work, context)
    row.payment_key, row.session_key, row.reason = payment.id, session.id, context.request.reason
    row.origin, row.name = context.cause.origin, context.cause.name
    work.session.add(row)
    work.session.flush()
    return row


def _revoke(context: _Context) -> Cancellation:
    request = context.request
    pieces = request.quantity is not None or request.lines is not None
    partial = pieces or request.amount not in (None, context.payment.amount)
    if partial:
        raise Unprocessable("not_paid_yet", "No money was deposited yet, so only the whole payment can be cancelled.")
    if any(row.is_undecided for row in context.every):
        raise Conflict("already_going_back", "This virtual account is being withdrawn already.")
    return Cancellation(kind=CancelKind.REVOKE, amount=0)


def _refund(work: UnitOfWork, context: _Context) -> Cancellation:
    request, payment = context.request, context.payment
    order = loaded_order.load(work, context.session).order
    planned = plan_refund(
        WantedRefund(context.cause.origin, request.amount, _pieces(request, order.lines)),
        known_payment(payment),
        order,
        [known_cancel(row, payment.imp_uid) for row in context.every],
        context.policy,
        context.cause.asked_at,
    )
    if isinstance(planned, Refused):
        raise refusal(planned, by_line=request.lines is not None)
    options = options_of(payment, context.every)
    require_possible(options, _partial_field(request) if planned.partial else None)
    pieces = {str(key): number for key, number in planned.pieces.items()} or None
    row = Cancellation(
        kind=CancelKind.REFUND, amount=planned.amount, tax_free=planned.tax_free, pieces=pieces, stage=planned.stage
    )
    row.refund_account = refund_account(payment, options, request.refund_account)
    return row


def _pieces(request: CancelRequest, lines: Sequence[Line]) -> Mapping[UUID, int] | None:
    """The pieces that come back, by line. Raises NotFound for another order's line, Unprocessable for no line's."""
    if request.quantity is not None:
        if len(lines) > 1:
            message = "The order has several lines. Send `lines`, each with its line_id and quantity."
            raise Unprocessable("line_needed", message, {"quantity": [message]})
        return {lines[0].key: request.quantity}
    if request.lines is not None and not request.lines.keys() <= {line.key for line in lines}:
        raise NotFound("line_not_found", "The order of this payment has no such line. Read the payment for its lines.")
    return request.lines


def _partial_field(request: CancelRequest) -> str:
    if request.amount is not None:
        return "amount"
    return "quantity" if request.lines is None else "lines"
