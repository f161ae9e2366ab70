"""A payment session as its owner sees it."""

from datetime import timedelta
from types import MappingProxyType
from typing import Final

from pitturu.api import checkout
from pitturu.api.messages import MESSAGES
from pitturu.api.view import View
from pitturu.config.settings import Settings
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import Generation
from pitturu.services import services
from pitturu.store import history
from pitturu.store.sessions import AnySession, SessionRow

POLL: Final = MappingProxyType(
    {
        SessionStatus.CREATED: timedelta(milliseconds=500),
        SessionStatus.VERIFYING: timedelta(seconds=1),
        SessionStatus.PREPARED: timedelta(seconds=3),
        SessionStatus.AWAITING_DEPOSIT: timedelta(seconds=30),
    }
)
"""How long a browser that does not use `?wait` should leave between two looks: as long as that step usually takes."""


def poll_after(session: AnySession) -> timedelta | None:
    """When to look again, None when nothing more is expected. A closed session that PortOne is asked about: soon."""
    return None if session.settled else POLL.get(session.state, POLL[SessionStatus.VERIFYING])


def tag(session: AnySession) -> str:
    """Changes whenever the session does. Claims by workers do not count, but what they mean for `settled` does.

    So does the deadline, which takes the checkout away before anybody touches the row.
    """
    return f"{session.version}-{session.status}-{int(session.settled)}{int(checkout.is_payable(session))}"


def render(session: AnySession) -> View:
    """For SessionSchema. Reads the payment's name only where there can be a payment and it was not read already."""
    settings: Settings = services().settings
    soon = poll_after(session)
    return View(
        session,
        status=session.state,
        generation=Generation(session.generation),
        payment_id=_payment_id(session),
        message=MESSAGES[session.state],
        poll_after_ms=None if soon is None else soon // timedelta(milliseconds=1),
        checkout=checkout.of(session, settings),
    )


def _payment_id(session: AnySession) -> str | None:
    if isinstance(session, SessionRow):
        payment_id: str | None = session.payment_id
        return payment_id
    may_have_payment = session.imp_uid is not None or not session.is_open
    return history.public_id_of(session.id) if may_have_payment else None
