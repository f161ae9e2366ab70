"""The WSGI application of the simulator.

It serves PortOne's REST API at its own paths, the control API under `/_sim`, the console at `/`, and the script and the
payment window for browsers. V2's REST API is under `/v2`; it is found without that prefix as well, since PortOne's
client for JavaScript drops the path of its base URL. Where a path belongs to both APIs, `Authorization: PortOne` asks
for V2's.
"""

from collections.abc import Iterable
from typing import Any, Final, cast
from urllib.parse import quote, unquote, unquote_to_bytes

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wrappers import Request, Response

from portone_simulator import checkout, control, page, rest
from portone_simulator.call import Call
from portone_simulator.routing import Handler, Route
from portone_simulator.state import Simulation
from portone_simulator.v2 import rest as v2_rest

V2: Final = "/v2"


class App:
    """Dispatches requests to their handlers; knows nothing about payments."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._v1 = _map((*rest.ROUTES, *control.ROUTES, *checkout.ROUTES, *page.ROUTES))
        self._v2 = _map(v2_rest.ROUTES)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request. A trailing slash makes no difference."""
        request = Request(environ)
        handler, parts = self._find(request)
        response: Response = handler(self._simulation, Call(request, parts))
        return response(environ, start_response)

    def _find(self, request: Request) -> tuple[Handler, dict[str, str]]:
        path = encoded_path(request.environ)
        under_v2 = path.startswith(f"{V2}/")
        for_v2 = under_v2 or request.headers.get("Authorization", "").startswith("PortOne ")
        places = [(self._v1, path), (self._v2, path.removeprefix(V2) if under_v2 else path)]
        problems = []
        for routes, rest_of_path in places[::-1] if for_v2 else places:
            try:
                handler, parts = routes.match(rest_of_path, request.method)
            except HTTPException as problem:
                problems.append(problem.code or 404)
            else:
                return cast(Handler, handler), {name: unquote(str(part)) for name, part in parts.items()}
        api = control if path.startswith("/_sim") else v2_rest if for_v2 else rest
        return api.no_route(max(problems)), {}


def encoded_path(environ: dict[str, Any]) -> str:
    """The path as it was sent, so that an encoded slash is part of a name; the encoding is made uniform."""
    raw = str(environ.get("RAW_URI", "")).partition("?")[0]
    if not raw.startswith("/"):
        raw = quote(environ["PATH_INFO"].encode("latin-1"))
    parts = [quote(unquote_to_bytes(part.encode("latin-1")), safe="") for part in raw.split("/")]
    return "/".join(parts).rstrip("/") or "/"


def _map(routes: tuple[Route, ...]) -> MapAdapter:
    rules = [Rule(route.rule, methods=[route.method], endpoint=route.handler) for route in routes]
    return Map(rules, merge_slashes=False, redirect_defaults=False).bind("simulator")
