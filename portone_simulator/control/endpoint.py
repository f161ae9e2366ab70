"""Request handling of the control API: JSON in and out, unknown fields refused, errors as messages."""

from collections.abc import Callable
from typing import Any, Final

from marshmallow import Schema, ValidationError
from werkzeug.wrappers import Response

from portone_simulator.answers import Refusal, written_json
from portone_simulator.call import Call
from portone_simulator.lifecycle import WrongMove
from portone_simulator.routing import Handler, Route
from portone_simulator.state import Simulation

Body = dict[str, Any]
View = Callable[[Simulation, Call, Body], Any]
"""Receives the validated body; returns the JSON to respond with, or a `Reply` with another HTTP status."""

NOTHING: Final = Schema.from_dict({}, name="Nothing")
"""The body of a request without parameters."""


class Reply:
    """A JSON response with a status other than 200."""

    def __init__(self, body: Any, http: int) -> None:
        self.body = body
        self.http = http


def route(method: str, rule: str, view: View, schema: type[Schema] = NOTHING) -> Route:
    """The route of a control view; `schema` declares the fields of its body."""
    return Route(method, f"/_sim{rule}", handler(view, schema()))


def handler(view: View, schema: Schema) -> Handler:
    """Validate the body, call the view, translate errors into responses."""

    def handle(simulation: Simulation, call: Call) -> Response:
        try:
            shown = view(simulation, call, schema.load(call.body))
        except ValidationError as problem:
            shown = _problem(400, "The body has fields that are unknown or wrong.", problem.messages)
        except Refusal as refusal:
            http = 409 if refusal.answer.http == 200 else refusal.answer.http
            shown = _problem(http, refusal.answer.message or "", None)
        except WrongMove as problem:
            shown = _problem(409, str(problem), None)
        except LookupError as problem:
            shown = _problem(404, f"There is no {problem.args[0]}; list what there is with GET.", None)
        reply = shown if isinstance(shown, Reply) else Reply(shown, 200)
        return Response(written_json(reply.body), reply.http, mimetype="application/json")

    return handle


def no_route(http: int) -> Handler:
    """The response for an unknown path."""

    def refuse(_simulation: Simulation, call: Call, _body: Body) -> Reply:
        request = call.request
        return _problem(http, f"{request.method} {request.path} is no control endpoint; see docs/simulator.md.", None)

    return handler(refuse, NOTHING(unknown="exclude"))


def _problem(http: int, error: str, fields: Any) -> Reply:
    return Reply({"error": error, "fields": fields} if fields else {"error": error}, http)
