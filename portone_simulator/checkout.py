"""What a buyer's browser loads: the script in place of PortOne's, and the payment window that it opens."""

from importlib.resources import files
from typing import Final

from werkzeug.wrappers import Response

from portone_simulator.call import Call
from portone_simulator.routing import Handler, Route
from portone_simulator.state import Simulation

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors *"
)
"""Shops embed the window in their pages, so any page may frame it; it validates everything that it receives from
them."""

_HERE: Final = files("portone_simulator")


def _script(name: str) -> Handler:
    """A script that pages of every origin load, including cross-origin isolated ones."""

    def view(_simulation: Simulation, _call: Call) -> Response:
        parts = [(_HERE / "static" / part).read_text() for part in ("overlay.js", name)]
        body = "\n".join(['"use strict";', "(() => {", *parts, "})();", ""])
        headers = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
        return Response(body, mimetype="text/javascript", headers=headers)

    return view


def window(_simulation: Simulation, _call: Call) -> Response:
    """The window. Its order is in the URL fragment, which only the browser sees."""
    body = (_HERE / "templates" / "window.html").read_bytes()
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return Response(body, mimetype="text/html", headers=headers)


ROUTES: Final = (
    Route("GET", "/v1/iamport.js", _script("iamport.js")),
    Route("GET", "/v2/browser-sdk.js", _script("browser-sdk.js")),
    Route("GET", "/window", window),
)
