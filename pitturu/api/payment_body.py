"""The representation of a payment for its owner, or for an operator."""

from collections.abc import Sequence

from pitturu.api import shop_server
from pitturu.api.caller import Caller
from pitturu.api.presenter import Presenter
from pitturu.domain import clock
from pitturu.domain.banks import bank_name
from pitturu.domain.cause import Origin, origin_of
from pitturu.domain.decision.cancel_policy import AT_ONCE, WayNow
from pitturu.domain.decision.cancel_request import way_now
from pitturu.domain.roles import Permission
from pitturu.payments.cancellations.possible import options_of
from pitturu.payments.loaded_order import known_line
from pitturu.services import services
from pitturu.store import cancellations, events, payment_lines, sessions
from pitturu.store.cancellations import Cancellation
from pitturu.store.events import PaymentEvent
from pitturu.store.history import Payment
from pitturu.store.payment_lines import PaymentLine


def full(payment: Payment, caller: Caller) -> Presenter:
    """For FullPaymentSchema, with four more queries."""
    rows, order = cancellations.of_payment(payment.id), sessions.totals_of(payment.owner)
    lines, timeline = payment_lines.of_session(payment.owner), events.of_session(payment.owner)
    refundable = payment.paid_at is not None and payment.remaining > 0
    return Presenter(
        payment,
        **order,
        user_id=shop_server.user_id(payment.user_username or ""),
        lines=[_line(line, granted, rows, payment, caller) for line, granted in lines],
        cancellations=[Presenter(row, refund_account=_masked(row), lines=_returned(row)) for row in rows],
        cancellation_options=_options(payment, caller, rows, lines) if refundable else None,
        timeline=[Presenter(line, actor=_actor(line, caller, payment.user_username)) for line in timeline],
    )


def _line(line: PaymentLine, granted: int, rows: Sequence[Cancellation], payment: Payment, caller: Caller) -> Presenter:
    cancelling = sum(row.pieces_of(line.id) for row in rows if row.is_undecided)
    way = _way(payment, caller, [(line, granted)])
    return Presenter(line, owned=granted, cancelling=min(cancelling, granted), way=way.way, way_reason=way.reason)


def _returned(row: Cancellation) -> list[dict[str, object]]:
    return [{"line_id": key, "quantity": pieces} for key, pieces in (row.pieces or {}).items()]


def _options(
    payment: Payment, caller: Caller, rows: Sequence[Cancellation], lines: Sequence[tuple[PaymentLine, int]]
) -> Presenter:
    """What the PG can cancel, and what the shop's policy lets this caller request."""
    way = _way(payment, caller, lines)
    return Presenter(options_of(payment, rows), way=way.way, way_reason=way.reason, way_until=way.until)


def _way(payment: Payment, caller: Caller, lines: Sequence[tuple[PaymentLine, int]]) -> WayNow:
    """The strictest way of these lines. Of a rejected payment all goes back whatever the policy says."""
    if not payment.accepted:
        return AT_ONCE
    known, now = [known_line(line, granted) for line, granted in lines], clock.now()
    origin = origin_of(caller.username, payment.user_username or "")
    return way_now(origin, known, payment.paid_at or now, services().settings.cancel_policy, now)


def _masked(row: Cancellation) -> dict[str, str] | None:
    """What is shown of a refund account. It is stored masked, so nothing is decrypted."""
    if row.refund_bank is None or row.refund_number is None:
        return None
    return {
        "bank": row.refund_bank,
        "bank_name": bank_name(row.refund_bank),
        "number": row.refund_number,
        "holder": row.refund_holder or "",
    }


def _actor(line: PaymentEvent, caller: Caller, buyer: str | None) -> str:
    """The name of the actor, for operators; the origin for other callers, and for actors without a name."""
    if caller.key is not None or not caller.may(Permission.VIEW):
        return line.origin
    return (buyer if line.origin == Origin.BUYER else line.by) or line.origin
