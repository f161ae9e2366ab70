"""The timeline of an order: one line for each change of its status, each movement of money, and notes."""

from pitturu.domain.cause import Cause, EventKind
from pitturu.store.events import PaymentEvent
from pitturu.store.sessions import AnySession
from pitturu.store.unit_of_work import UnitOfWork


def write(work: UnitOfWork, session: AnySession, cause: Cause, kind: EventKind, **columns: object) -> None:
    """Add a line, and publish that the session changed. `columns` are those of PaymentEvent."""
    work.changed(session.session_id)
    work.insert(
        PaymentEvent,
        session_key=session.id,
        kind=kind,
        cause=cause.kind,
        origin=cause.origin,
        name=cause.name,
        provider_status=session.provider_status,
        request_id=cause.request_id,
        **columns,
    )
