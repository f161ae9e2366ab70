"""Request handling of V2's REST API: faults, authentication, the view; every call is recorded."""

import hmac
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from werkzeug.wrappers import Response

from portone_simulator import fault_injection, routing
from portone_simulator.answers import Answer, Refusal
from portone_simulator.call import Call
from portone_simulator.routing import Handler, Route
from portone_simulator.state import Simulation
from portone_simulator.v2.errors import V2Error, invalid
from portone_simulator.v2.idempotency import key_of

Body = dict[str, Any]
View = Callable[[Simulation, Call], Body]


Endpoint = routing.Endpoint[View]


def route(endpoint: Endpoint) -> Route:
    """The route of an endpoint, with its request handling."""
    return Route(endpoint.method, endpoint.rule, _handler(endpoint))


def no_route(http: int) -> Handler:
    """The response for an unknown path: 404, or 405 for a wrong method."""

    def refuse(_simulation: Simulation, _call: Call) -> Body:
        kind = "METHOD_NOT_ALLOWED" if http == 405 else "NOT_FOUND"
        raise V2Error(http, kind, "V2 has no such endpoint.")

    return _handler(Endpoint("*", "*", "nowhere", refuse, public=True))


def body_of(call: Call) -> Body:
    """The JSON body, whatever its Content-Type says; for a GET also `?requestBody=`. Raises V2Error."""
    text = call.request.args.get("requestBody") if call.request.method == "GET" else None
    raw = text.encode() if text else call.request.get_data()
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise invalid("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object.")
    return body


def _handler(endpoint: Endpoint) -> Handler:
    def respond(simulation: Simulation, call: Call) -> Response:
        call.request.get_data()  # Cached, so that parsing it as a form does not consume it.
        return _respond(simulation, endpoint, call)

    return routing.noted(endpoint, respond, _names)


def _respond(simulation: Simulation, endpoint: Endpoint, call: Call) -> Response:
    """The response, without V1's envelope.

    Its idempotency key stays in progress until it is sent: a delayed response is a request in progress.
    """
    with ExitStack() as sent:
        answer = _answer(simulation, endpoint, call, sent)
        return fault_injection.after(simulation, endpoint.name, call, answer, answer.response)


def _answer(simulation: Simulation, endpoint: Endpoint, call: Call, sent: ExitStack) -> Answer:
    try:
        fault_injection.before(simulation, endpoint.name, call)
        if not (endpoint.public or admitted(simulation, call)):
            raise V2Error(401, "UNAUTHORIZED", "The API secret is wrong.")
        return _once(simulation, endpoint, call, sent)
    except V2Error as refusal:
        return Answer(refusal.body, http=refusal.http)
    except Refusal as trouble:
        return replace(trouble.answer, response={"type": "INTERNAL_SERVER_ERROR", "message": trouble.answer.message})


def admitted(simulation: Simulation, call: Call) -> bool:
    """Whether the caller has the secret, or a token that was issued for it."""
    scheme, _, value = call.request.headers.get("Authorization", "").partition(" ")
    if scheme == "PortOne":
        return hmac.compare_digest(value.encode(), simulation.settings.v2_api_secret.encode())
    return scheme == "Bearer" and simulation.v2_tokens.admits(value, simulation.clock.unix())


def _once(simulation: Simulation, endpoint: Endpoint, call: Call, sent: ExitStack) -> Answer:
    """Execute the request, unless one with this key was executed before. Raises V2Error."""
    key = key_of(call.request.headers.get("Idempotency-Key")) if call.request.method != "GET" else None
    if key is None:
        return Answer(endpoint.view(simulation, call))
    request = f"{call.request.method} {call.request.full_path} {call.request.get_data(as_text=True)}"
    keys = simulation.idempotency_keys
    known = keys.begin(key, request, simulation.clock.now())
    if known is not None:
        return Answer(known.body, http=known.http)
    sent.callback(keys.end, key)
    try:
        body = endpoint.view(simulation, call)
    except V2Error as refusal:
        if simulation.settings.v2_idempotent_errors == "stored":
            keys.keep(key, refusal.body, refusal.http)
        raise
    keys.keep(key, body, 200)
    return Answer(body)


def _names(call: Call) -> dict[str, Any]:
    order, key = call.path_parts.get("payment_id"), call.request.headers.get("Idempotency-Key")
    return {"imp_uid": [], "merchant_uid": [order] if order else [], "idempotency_key": key}
