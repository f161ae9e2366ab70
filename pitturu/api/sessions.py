"""Endpoints of payment sessions: open, read (and wait), prepare again, give up."""

import math
import time
from typing import Any

from flask import Response, request, url_for
from werkzeug.datastructures import ETags
from werkzeug.http import quote_etag

from pitturu import logs
from pitturu.api import session_body
from pitturu.api.authentication import current, signed_in
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post
from pitturu.api.schemas.sessions import NewSessionSchema, PrepareSchema, SessionSchema, WaitSchema
from pitturu.payments import checkout
from pitturu.payments.checkout import CheckoutRequest
from pitturu.services import services
from pitturu.store import sessions
from pitturu.store.sessions import AnySession, SessionRow
from pitturu.store.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "sessions", __name__, url_prefix=f"{PREFIX}/payments/sessions", description="One buyer's wish to buy one item."
)


@blueprint.post("")
@user_post
@blueprint.arguments(NewSessionSchema)
@blueprint.response(201, SessionSchema)
def open_session(work: UnitOfWork, body: dict[str, Any]) -> Any:
    """Open a session: the price is computed, the stock is held, PortOne is told the amount.

    A buyer has one open session of an item: a new one takes over the stock of the one before, which ends as given up.
    409 `deposit_awaited` or `payment_being_verified` where that one may still be paid, 409 `too_many_open_sessions`
    above a few; `errors.open_sessions` names the sessions in the way.
    """
    wish, settings, request_id = CheckoutRequest(**body), services().settings, logs.request_id() or ""
    session = checkout.open_session(work, current().username, wish, settings, request_id)
    return session_body.render(session), located(session)


@blueprint.get("/<name:session_id>")
@signed_in
@blueprint.arguments(WaitSchema, location="query")
@blueprint.response(200, SessionSchema, headers={"ETag": {"schema": {"type": "string"}}})
@blueprint.alt_response(304, description="Nothing changed since the ETag in If-None-Match.")
def read_session(query: dict[str, Any], session_id: str) -> Any:
    """Read a session; with `wait`, answer when it changes.

    With If-None-Match, `wait` ends when the ETag is another one. Without, it ends when the session is settled or is
    not any more what it was at the beginning.
    """
    session = _wait_for_news(session_id, query["wait"]) if query["wait"] else _shown(session_id)
    if request.if_none_match.contains_weak(session_body.tag(session)):
        return Response(status=304, headers=_polling(session))
    return session_body.render(session), _polling(session)


@blueprint.post("/<name:session_id>/prepare")
@user_post
@blueprint.arguments(PrepareSchema, required=False)
@blueprint.response(202, SessionSchema)
def prepare_session(work: UnitOfWork, body: dict[str, Any], session_id: str) -> Any:
    """Have the amount registered with PortOne once more; a declined session that has time left opens again.

    With `pay_method` the same order is paid in another way, at the same price; not while a payment is being verified
    or a deposit awaited (409 `payment_under_way`). The body may be left out.
    """
    settings = services().settings
    request_id = logs.request_id() or ""
    session = checkout.prepare_again(work, current().username, session_id, body["pay_method"], settings, request_id)
    work.session.flush()
    return session_body.render(session), located(session)


@blueprint.post("/<name:session_id>/close")
@user_post
@blueprint.response(202, SessionSchema)
def close_session(work: UnitOfWork, session_id: str) -> Any:
    """Give a checkout up, so that its stock is free before its time is over.

    PortOne is asked first: a moment later the session is `expired`, or paid after all. What is over already stays as
    it is. A session that awaits a deposit is refused (409 `deposit_awaited`): cancel its payment instead.
    """
    session = checkout.close(work, current().username, session_id, logs.request_id() or "")
    work.session.flush()
    return session_body.render(session), located(session)


def located(session: AnySession) -> dict[str, str]:
    """Where to poll."""
    return {"Location": url_for("sessions.read_session", session_id=session.session_id)}


def _wait_for_news(session_id: str, seconds: int) -> SessionRow:
    """The session when there is news or the time is over. No connection is held meanwhile."""
    end = time.monotonic() + seconds
    with services().long_polls.seat(session_id) as wait:
        session = _shown(session_id)
        nothing_expected = session.settled and not request.if_none_match
        known = request.if_none_match or ETags(weak_etags=[session_body.tag(session)])
        while not nothing_expected and known.contains_weak(session_body.tag(session)):
            if not wait(end - time.monotonic()):
                break
            session = _shown(session_id)
    return session


def _shown(session_id: str) -> SessionRow:
    session = sessions.shown(session_id, current().username)
    if session is None:
        raise checkout.unknown_session()
    return session


def _polling(session: SessionRow) -> dict[str, str]:
    """What a browser needs to know for its next look."""
    headers = {"ETag": quote_etag(session_body.tag(session), weak=True), "Cache-Control": "private, no-cache"}
    soon = session_body.poll_after(session)
    if soon is not None:
        headers["Retry-After"] = str(math.ceil(soon.total_seconds()))
    return headers
