"""Every change of a session's status passes here, so that none is without its line in the timeline."""

from pitturu.domain.cause import Cause, EventKind
from pitturu.domain.lifecycle import OPEN, SessionStatus, advance
from pitturu.store.events import PaymentEvent
from pitturu.store.history import Payment
from pitturu.store.sessions import AnySession, PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def opened(work: UnitOfWork, session: AnySession, cause: Cause) -> None:
    """The first line."""
    _write(work, session, cause, EventKind.STATUS, to_status=session.status)


def move(
    work: UnitOfWork, session: PaymentSession, target: SessionStatus, cause: Cause, detail: str | None = None
) -> bool:
    """Change the status by the rules of the lifecycle; False when it is not news. Raises IllegalMove."""
    before = session.state
    if advance(before, target) is before:
        return False
    session.status = target
    if target not in OPEN:
        session.open_slot = None
    work.changed(session.session_id)
    _write(work, session, cause, EventKind.STATUS, from_status=before, to_status=target, detail=detail)
    return True


def money(
    work: UnitOfWork, session: PaymentSession, payment: Payment, amount: int, cause: Cause, detail: str | None = None
) -> None:
    """Money came (+) or went back (-)."""
    work.changed(session.session_id)
    _write(work, session, cause, EventKind.MONEY, payment_key=payment.id, amount=amount, detail=detail)


def note(
    work: UnitOfWork, session: PaymentSession, payment: Payment | None, cause: Cause, kind: EventKind, detail: str
) -> None:
    """Something an operator or buyer will want to know that changed neither status nor money."""
    work.changed(session.session_id)
    _write(work, session, cause, kind, payment_key=payment.id if payment else None, detail=detail)


def _write(work: UnitOfWork, session: AnySession, cause: Cause, kind: EventKind, **what: object) -> None:
    work.insert(
        PaymentEvent,
        session_key=session.id,
        kind=kind,
        cause=cause.kind,
        origin=cause.origin,
        name=cause.name,
        provider_status=session.provider_status,
        request_id=cause.request_id,
        **what,
    )
