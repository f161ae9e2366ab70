"""The WSGI application: PortOne's REST API at its own paths, the control API under `/_sim`, the test console at `/`,
and what a browser needs to pay: the script and the window."""

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
    """Finds who answers a request; knows nothing about payments."""

    def __init__(self, simulation: Simulation) -> None:
        self._world = simulation
        routes = (*rest.ROUTES, *v2_rest.ROUTES, *control.ROUTES, *checkout.ROUTES, *page.ROUTES)
        rules = [Rule(route.rule, methods=[route.method], endpoint=route.handler) for route in routes]
        self._map: MapAdapter = Map(rules, merge_slashes=False, redirect_defaults=False).bind("simulator")

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request. A trailing slash makes no difference."""
        request = Request(environ)
        handler, parts = self._find(request.path.rstrip("/") or "/", request.method)
        response: Response = handler(self._world, Call(request, parts))
        return response(environ, start_response)

    def _find(self, path: str, method: str) -> tuple[Handler, dict[str, str]]:
        try:
            handler, parts = self._map.match(path, method)
        except HTTPException as problem:
            return (control.nowhere if path.startswith("/_sim") else rest.nowhere)(problem.code or 404), {}
        return cast(Handler, handler), dict(parts)
