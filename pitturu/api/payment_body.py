"""The representation of a payment for its owner, or for an operator."""

from pitturu.api.authentication import Caller
from pitturu.api.presenter import Presenter
from pitturu.domain.banks import bank_name
from pitturu.domain.roles import Permission
from pitturu.payments.cancellations.possible import options_of
from pitturu.store import cancellations, events, sessions
from pitturu.store.cancellations import Cancellation
from pitturu.store.events import PaymentEvent
from pitturu.store.history import Payment


def full(payment: Payment, caller: Caller) -> Presenter:
    """For FullPaymentSchema, with three more queries."""
    rows = cancellations.of_payment(payment.id)
    refundable = payment.paid_at is not None and payment.remaining > 0
    return Presenter(
        payment,
        session_id=sessions.public_id_of(payment.owner),
        cancellations=[Presenter(row, refund_account=_masked(row)) for row in rows],
        cancellation_options=options_of(payment, rows) if refundable else None,
        timeline=[Presenter(line, actor=_actor(line, caller)) for line in events.of_session(payment.owner)],
    )


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


def _actor(line: PaymentEvent, caller: Caller) -> str:
    """The name of the actor, for operators; the origin for other callers, and for actors without a name."""
    return line.name if caller.may(Permission.VIEW) and line.name is not None else line.origin
