"""The timeline of an order: one line for each change of its status, each movement of money, and notes."""

from pitturu.domain.cause import Cause, EventKind, Origin
from pitturu.store import users
from pitturu.store.events import PaymentEvent
from pitturu.store.history import Payment
from pitturu.store.sessions import AnySession
from pitturu.store.unit_of_work import UnitOfWork


def write(
    work: UnitOfWork,
    session: AnySession,
    cause: Cause,
    kind: EventKind,
    payment: Payment | None = None,
    **columns: object,
) -> None:
    """Add a line, and publish that the session changed. `columns` are those of PaymentEvent.

    The line is counted by the method and the PG of `payment`, if the change is due to one.
    """
    work.changed(session.session_id)
    _insert(work, session, cause, kind, payment, **columns)


def begin(work: UnitOfWork, session: AnySession, cause: Cause) -> None:
    """Add the first line of a new session. Nothing is published: nobody can wait for a session that nobody knows."""
    _insert(work, session, cause, EventKind.STATUS, to_status=session.status)


def _insert(
    work: UnitOfWork,
    session: AnySession,
    cause: Cause,
    kind: EventKind,
    payment: Payment | None = None,
    **columns: object,
) -> None:
    work.insert(
        PaymentEvent,
        session_key=session.id,
        kind=kind,
        cause=cause.kind,
        origin=cause.origin,
        **_who(cause),
        provider_status=session.provider_status,
        generation=session.generation,
        pay_method=(payment and payment.pay_method) or session.pay_method,
        pg_provider=(payment and payment.pg_provider) or None,
        request_id=cause.request_id,
        **columns,
    )


def _who(cause: Cause) -> dict[str, object]:
    """The columns that say who did it. A line cannot be changed, so no user is named: a buyer's lines are the order's,
    an operator is referred to by key. The name of an API key is no user's."""
    if cause.origin is Origin.BUYER or cause.name is None:
        return {}
    if cause.origin is Origin.SHOP:
        return {"name": cause.name}
    key = users.key_of(cause.name)
    return {"user_key": key} if key else {"name": cause.name}
