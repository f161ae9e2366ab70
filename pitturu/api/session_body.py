"""The representation of a payment session for its owner."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Final

from pitturu.api import checkout, shop_server
from pitturu.api.presenter import Presenter
from pitturu.domain.decline_reasons import DeclineReason, decline_reason
from pitturu.domain.lifecycle import SessionStatus
from pitturu.services import services
from pitturu.store import history, session_views
from pitturu.store.sessions import AnySession, SessionRow

Texts = dict[str, str]
"""By language: Korean and English."""


def _texts(name: str) -> dict[str, Texts]:
    texts: dict[str, Texts] = json.loads(Path(__file__).with_name(name).read_text("utf-8"))
    return texts


MESSAGES: Final = {SessionStatus(status): texts for status, texts in _texts("messages.json").items()}
"""The message for the buyer about each status: what happened, and what to do next."""

DECLINES: Final = {DeclineReason(reason): texts for reason, texts in _texts("declines.json").items()}
"""The same for a declined payment, by reason: the PG's own words are often no help to a buyer."""

POLL: Final = {
    SessionStatus.CREATED: timedelta(milliseconds=500),
    SessionStatus.VERIFYING: timedelta(seconds=1),
    SessionStatus.PREPARED: timedelta(seconds=3),
    SessionStatus.AWAITING_DEPOSIT: timedelta(seconds=30),
}
"""The interval at which a browser without `?wait` should poll: the usual duration of that step."""


def poll_after(session: AnySession) -> timedelta | None:
    """When to poll again, None when no change is expected. Soon for a closed session that PortOne is still asked
    about."""
    return None if session.settled else POLL.get(session.state, POLL[SessionStatus.VERIFYING])


def tag(session: AnySession) -> str:
    """The ETag: it changes whenever the representation does. Claims by workers change it only through `settled`.

    The deadline changes it too, because it removes the checkout before the row is updated.
    """
    return f"{session.version}-{session.status}-{int(session.settled)}{int(checkout.is_payable(session))}"


def render(session: AnySession) -> Presenter:
    """For SessionSchema. Queries the payment's id only if there can be a payment and it is not loaded yet."""
    soon, found = poll_after(session), facts(session)
    return Presenter(
        found,
        poll_after_ms=None if soon is None else soon // timedelta(milliseconds=1),
        checkout=checkout.of(session, found.lines, services().settings),
    )


def facts(session: AnySession) -> Presenter:
    """The same without what the buyer's browser needs to pay."""
    return Presenter(
        session,
        payment_id=_payment_id(session),
        user_id=shop_server.user_id(session.user_username),
        lines=session_views.lines_of(session),
        message=_message(session),
    )


def _message(session: AnySession) -> Texts:
    declined = session.state is SessionStatus.FAILED
    return DECLINES[decline_reason(session.fail_reason)] if declined else MESSAGES[session.state]


def _payment_id(session: AnySession) -> str | None:
    if isinstance(session, SessionRow):
        payment_id: str | None = session.payment_id
        return payment_id
    may_have_payment = session.imp_uid is not None or not session.is_open
    return history.public_id_of(session.id) if may_have_payment else None
