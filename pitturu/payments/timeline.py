"""Every change of a session's status passes here, so that none is without its line in the timeline."""

from dataclasses import dataclass
from datetime import datetime

from pitturu.domain.lifecycle import OPEN, SessionStatus, advance
from pitturu.store import events
from pitturu.store.history import Payment
from pitturu.store.sessions import AnySession, PaymentSession
from pitturu.store.unit_of_work import changed


@dataclass(frozen=True)
class Cause:
    """Why a session is looked at: what happened, who is behind it, when PortOne was asked, which request it was."""

    kind: str
    actor: str
    asked_at: datetime
    request_id: str | None


def opened(session: AnySession, cause: Cause) -> None:
    """The first line."""
    _write(session, cause, kind="status", to_status=session.status)


def move(session: PaymentSession, target: SessionStatus, cause: Cause, detail: str | None = None) -> bool:
    """Change the status by the rules of the lifecycle; False when it is not news. Raises IllegalMove."""
    before = session.state
    if advance(before, target) is before:
        return False
    session.status = target
    if target not in OPEN:
        session.open_slot = None
    changed(session.session_id)
    _write(session, cause, kind="status", from_status=before, to_status=target, detail=detail)
    return True


def money(session: PaymentSession, payment: Payment, amount: int, cause: Cause, detail: str | None = None) -> None:
    """Money came (+) or went back (-)."""
    changed(session.session_id)
    _write(session, cause, kind="money", payment_key=payment.id, amount=amount, detail=detail)


def note(session: PaymentSession, payment: Payment | None, cause: Cause, kind: str, detail: str) -> None:
    """Something an operator or buyer will want to know that changed neither status nor money."""
    changed(session.session_id)
    _write(session, cause, kind=kind, payment_key=payment.id if payment else None, detail=detail)


def _write(session: AnySession, cause: Cause, **what: object) -> None:
    events.add(
        session.id,
        cause.kind,
        cause.actor,
        provider_status=session.provider_status,
        request_id=cause.request_id,
        **what,
    )
