"""Request handling of the REST API: faults, authentication, the view; every call is recorded."""

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response

from portone_simulator import fault_injection, routing
from portone_simulator.answers import Answer, Refusal
from portone_simulator.call import Call
from portone_simulator.routing import Handler, Route
from portone_simulator.state import Simulation

View = Callable[[Simulation, Call], Answer]


Endpoint = routing.Endpoint[View]


def route(endpoint: Endpoint) -> Route:
    """The route of an endpoint, with its request handling."""
    return Route(endpoint.method, endpoint.rule, handler(endpoint))


def handler(endpoint: Endpoint) -> Handler:
    """The request handling of this endpoint."""

    def respond(simulation: Simulation, call: Call) -> Response:
        answer = _answer(simulation, endpoint, call)
        return fault_injection.after(simulation, endpoint.name, call, answer, answer.envelope())

    return routing.noted(endpoint, respond, _names)


def no_route(http: int) -> Handler:
    """The response for an unknown path: 404, or 405 for a wrong method."""

    def refuse(_simulation: Simulation, _call: Call) -> Answer:
        raise Refusal("허용되지 않는 HTTP METHOD입니다." if http == 405 else "존재하지 않는 API입니다.", -1, http)

    return handler(Endpoint("*", "*", "nowhere", refuse, public=True))


def _answer(simulation: Simulation, endpoint: Endpoint, call: Call) -> Answer:
    try:
        fault_injection.before(simulation, endpoint.name, call)
        if not (endpoint.public or simulation.tokens.admits(call.token, simulation.clock.unix())):
            raise Refusal("Unauthorized", code=-1, http=401)
        return endpoint.view(simulation, call)
    except Refusal as refusal:
        return refusal.answer


def _names(call: Call) -> dict[str, Any]:
    return {key: call.named(key) for key in ("imp_uid", "merchant_uid")}
