"""The door of the control API: JSON in and out, unknown fields refused, errors in plain words."""

import json
from collections.abc import Callable
from typing import Any, Final

from marshmallow import Schema, ValidationError
from werkzeug.wrappers import Response

from portone_simulator.answers import Refusal
from portone_simulator.call import Call
from portone_simulator.lifecycle import WrongMove
from portone_simulator.routing import Handler, Route
from portone_simulator.state import Simulation

Body = dict[str, Any]
View = Callable[[Simulation, Call, Body], Any]
"""Gets the checked body; gives back what is to be shown as JSON, or that and an HTTP status in a `Shown`."""

NOTHING: Final = Schema.from_dict({}, name="Nothing")
"""The body of a request that takes none."""


class Shown:
    """JSON under another status than 200."""

    def __init__(self, body: Any, http: int) -> None:
        self.body = body
        self.http = http


def route(method: str, rule: str, view: View, schema: type[Schema] = NOTHING) -> Route:
    """A control view behind its door; `schema` says which fields its body may have."""
    return Route(method, f"/_sim{rule}", handler(view, schema()))


def handler(view: View, schema: Schema) -> Handler:
    """Check the body, call the view, put errors into words."""

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
        reply = shown if isinstance(shown, Shown) else Shown(shown, 200)
        return Response(json.dumps(reply.body, ensure_ascii=False), reply.http, mimetype="application/json")

    return handle


def nowhere(http: int) -> Handler:
    """The answer where no control endpoint is."""

    def refuse(_world: Simulation, call: Call, _body: Body) -> Shown:
        request = call.request
        return _problem(http, f"{request.method} {request.path} is no control endpoint; see docs/simulator.md.", None)

    return handler(refuse, NOTHING(unknown="exclude"))


def _problem(http: int, error: str, fields: Any) -> Shown:
    return Shown({"error": error, "fields": fields} if fields else {"error": error}, http)
