"""The WSGI application of the simulator.

It serves PortOne's REST API at its own paths, the control API under `/_sim`, the console at `/`, and the script and the
payment window for browsers.
"""

from collections.abc import Iterable
from typing import Any, cast

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wrappers import Request, Response

from portone_simulator import checkout, control, page, rest
from portone_simulator.call import Call
from portone_simulator.routing import Handler
from portone_simulator.state import Simulation
from portone_simulator.v2 import rest as v2_rest


class App:
    """Dispatches requests to their handlers; knows nothing about payments."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        routes = (*rest.ROUTES, *v2_rest.ROUTES, *control.ROUTES, *checkout.ROUTES, *page.ROUTES)
        rules = [Rule(route.rule, methods=[route.method], endpoint=route.handler) for route in routes]
        self._map: MapAdapter = Map(rules, merge_slashes=False, redirect_defaults=False).bind("simulator")

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request. A trailing slash makes no difference."""
        request = Request(environ)
        handler, parts = self._find(request.path.rstrip("/") or "/", request.method)
        response: Response = handler(self._simulation, Call(request, parts))
        return response(environ, start_response)

    def _find(self, path: str, method: str) -> tuple[Handler, dict[str, str]]:
        try:
            handler, parts = self._map.match(path, method)
        except HTTPException as problem:
            return (control.no_route if path.startswith("/_sim") else rest.no_route)(problem.code or 404), {}
        return cast(Handler, handler), dict(parts)
