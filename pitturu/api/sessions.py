"""Endpoints of payment sessions: open, read (and wait), prepare again, close."""

import math
import time
from typing import Any, Final

from flask import Response, request, url_for
from werkzeug.datastructures import ETags
from werkzeug.http import quote_etag

from pitturu import logs
from pitturu.api import session_body, shop_server
from pitturu.api.authentication import current, signed_in
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post
from pitturu.api.long_poll import WAITED
from pitturu.api.machine_access import machines
from pitturu.api.refusals import refuses
from pitturu.api.schemas.sessions import NewSessionSchema, PrepareSchema, SessionSchema, WaitSchema
from pitturu.domain.errors import Conflict, NotFound, Unprocessable
from pitturu.domain.languages import Language, language_of
from pitturu.domain.scopes import Scope
from pitturu.extensions import session_in_use
from pitturu.payments import checkout
from pitturu.services import services, web_services
from pitturu.store import session_views
from pitturu.store.sessions import AnySession, SessionRow
from pitturu.store.unit_of_work import UnitOfWork

MOST_LANGUAGES: Final = 20
"""Languages of an Accept-Language header that are looked at. Browsers send fewer."""

blueprint = Blueprint(
    "sessions", __name__, url_prefix=f"{PREFIX}/payments/sessions", description="One order of a buyer."
)


@blueprint.post("")
@machines(Scope.SESSIONS_WRITE)
@user_post
@blueprint.arguments(NewSessionSchema)
@blueprint.response(201, SessionSchema)
@refuses(NotFound, "item_not_found")
@refuses(
    Unprocessable,
    "item_repeated",
    "amount_out_of_range",
    "generation_not_served",
    "pay_method_not_offered",
    "amount_below_minimum",
    "bad_user_id",
    "for_api_keys_only",
    "consent_needed",
    "consent_changed",
)
@refuses(
    Conflict,
    "item_retired",
    "out_of_stock",
    "too_many_open_sessions",
    "held_for_long",
    "deposit_awaited",
    "payment_being_verified",
)
def open_session(work: UnitOfWork, body: dict[str, Any]) -> Any:
    """Open a payment session.

    The price is computed, the stock is reserved, and the amount is registered with PortOne. Open PortOne's window
    with `checkout` once `checkout.ready` says so; read the session for that.

    A buyer has one open session per item: a new one takes over the stock of those that share an item with it, which are
    closed. 409 `deposit_awaited` or `payment_being_verified` if one of them may still be paid, 409
    `too_many_open_sessions` above the limit; `errors.open_sessions` names the sessions concerned.

    With an API key the shop's server opens it for `user_id`, or for a new guest without one. The browser pays it with a
    client token (`POST /payments/sessions/{session_id}/client-token`). Its lines may have prices of its own.
    """
    caller, settings, request_id = current(), services().settings, logs.request_id() or ""
    body["language"] = _language(body["language"])
    username, order = shop_server.order(work, caller, body)
    by = caller.requester if caller.key else None
    return answer(work, checkout.open_session(work, username, order, settings, request_id, by))


@blueprint.get("/<name:session_id>")
@machines(Scope.PAYMENTS_READ, client_token=True)
@signed_in
@blueprint.arguments(WaitSchema, location="query")
@blueprint.response(200, SessionSchema, headers={"ETag": {"schema": {"type": "string"}}})
@blueprint.alt_response(304, description="Nothing changed since the ETag in If-None-Match.")
@refuses(NotFound, "session_not_found")
def read_session(query: dict[str, Any], session_id: str) -> Any:
    """Read a session, or wait until it changes.

    With `wait`, the answer comes when the session changes, which is sooner and cheaper than asking every second. Go
    on until `settled`, after `poll_after_ms` each time. With If-None-Match, `wait` ends when the ETag differs.
    Without, it ends when the session is settled or has changed since the request began.
    """
    known = request.if_none_match
    if query["wait"] or known:
        state = _wait_for_change(session_id, query["wait"]) if query["wait"] else _state(session_id)
        if known.contains_weak(session_body.tag(state)):
            return Response(status=304, headers=_polling(state))
    session = _shown(session_id)
    return session_body.render(session), _polling(session)


@blueprint.post("/<name:session_id>/prepare")
@machines(None, client_token=True)
@user_post
@blueprint.arguments(PrepareSchema, required=False)
@blueprint.response(202, SessionSchema)
@refuses(NotFound, "session_not_found")
@refuses(Conflict, "session_closed", "payment_under_way", "out_of_stock", "too_many_open_sessions", "session_replaced")
@refuses(Unprocessable, "pay_method_not_offered", "amount_below_minimum")
def prepare_session(work: UnitOfWork, body: dict[str, Any], session_id: str) -> Any:
    """Prepare a session again.

    Registers the amount with PortOne again; a declined session that has time left is reopened.

    With `pay_method` the same order is paid with another method, at the same price; not while a payment is being
    verified or a deposit awaited (409 `payment_under_way`), and only with one that `GET /pay-methods` lists. With
    `language` the window is in another language, with `cash_receipt` another receipt is wanted. The body may be
    omitted.
    """
    caller, settings, request_id = current().username, services().settings, logs.request_id() or ""
    method, language, receipt = body["pay_method"], language_of(body["language"] or ""), body["cash_receipt"]
    return answer(
        work, checkout.prepare_again(work, caller, session_id, method, settings, request_id, language, receipt)
    )


@blueprint.post("/<name:session_id>/window")
@machines(None, client_token=True)
@user_post
@blueprint.response(200, SessionSchema)
@refuses(NotFound, "session_not_found")
@refuses(Conflict, "session_closed")
def open_window(work: UnitOfWork, session_id: str) -> Any:
    """Report that the payment window is being opened.

    Moves `expires_at` to the time of a payment. Send it along with opening the window, without waiting for the
    answer. PortOne's own records and `POST /payments/verify` have the same effect, so a lost request does no harm.
    """
    return answer(work, checkout.open_window(work, current().username, session_id, logs.request_id() or ""))


@blueprint.post("/<name:session_id>/close")
@machines(Scope.SESSIONS_WRITE, client_token=True)
@user_post
@blueprint.response(202, SessionSchema)
@refuses(NotFound, "session_not_found")
@refuses(Conflict, "deposit_awaited")
def close_session(work: UnitOfWork, session_id: str) -> Any:
    """Close a session.

    Releases its stock before the deadline. PortOne is asked first: shortly afterwards the session is `expired`, or
    paid after all. A closed session stays as it is. A session that awaits a deposit is refused (409
    `deposit_awaited`): cancel its payment instead.
    """
    caller, request_id = current(), logs.request_id() or ""
    if caller.key is None:
        return answer(work, checkout.close(work, caller.username, session_id, request_id))
    owner = _shown(session_id).user_username
    return answer(work, checkout.close(work, owner, session_id, request_id, caller.requester))


def answer(work: UnitOfWork, session: AnySession) -> Any:
    """The session as it is stored, and the URL to poll."""
    if session_in_use():
        work.session.flush()
    return session_body.render(session), {"Location": url_for("sessions.read_session", session_id=session.session_id)}


def _language(asked: str | None) -> Language:
    """The buyer's language: what the body says, else the browser's first one that PortOne knows, else Korean."""
    tags = [tag for tag, quality in request.accept_languages if quality > 0][:MOST_LANGUAGES]
    known = (language_of(tag) for tag in ([asked] if asked else []) + tags)
    return next(filter(None, known), Language.KO)


def _wait_for_change(session_id: str, seconds: int) -> SessionRow:
    """The state of the session once it has changed or the time is over. No database connection is held meanwhile."""
    end = time.monotonic() + seconds
    request.environ[WAITED] = True
    with web_services().long_polls.slot(session_id) as wait:
        state = _state(session_id)
        nothing_expected = state.settled and not request.if_none_match
        known = request.if_none_match or ETags(weak_etags=[session_body.tag(state)])
        while not nothing_expected and known.contains_weak(session_body.tag(state)):
            if not wait(end - time.monotonic()):
                break
            state = _state(session_id)
    return state


def _state(session_id: str) -> SessionRow:
    caller = current()
    return checkout.existing(session_views.state(session_id, None if caller.key else caller.username))


def _shown(session_id: str) -> SessionRow:
    caller = current()
    found = session_views.shown_to_shop(session_id) if caller.key else session_views.shown(session_id, caller.username)
    return checkout.existing(found)


def _polling(session: SessionRow) -> dict[str, str]:
    """The headers a browser needs for its next poll."""
    headers = {"ETag": quote_etag(session_body.tag(session), weak=True), "Cache-Control": "private, no-cache"}
    soon = session_body.poll_after(session)
    if soon is not None:
        headers["Retry-After"] = str(math.ceil(soon.total_seconds()))
    return headers
