"""What a buyer's browser loads: the script in place of PortOne's, and the payment window that it opens."""

from importlib.resources import files
from typing import Final

from werkzeug.wrappers import Response

from portone_simulator.call import Call
from portone_simulator.routing import Route
from portone_simulator.state import Simulation

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors *"
)
"""Shops embed the window in their pages, so any page may frame it; it validates everything that it receives from
them."""

_HERE: Final = files("portone_simulator")


def v1_script(_simulation: Simulation, _call: Call) -> Response:
    """`IMP`, at the path where PortOne has it."""
    return _script("iamport.js")


def v2_script(_simulation: Simulation, _call: Call) -> Response:
    """`PortOne`, at the path where PortOne has it."""
    return _script("browser-sdk.js")


def _script(name: str) -> Response:
    parts = [(_HERE / "static" / part).read_text() for part in ("overlay.js", name)]
    body = "\n".join(['"use strict";', "(() => {", *parts, "})();", ""])
    # Pages of every origin load the script, including cross-origin isolated ones.
    headers = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
    return Response(body, mimetype="text/javascript", headers=headers)


def window(_simulation: Simulation, _call: Call) -> Response:
    """The window. Its order is in the URL fragment, which only the browser sees."""
    body = (_HERE / "templates" / "window.html").read_bytes()
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return Response(body, mimetype="text/html", headers=headers)


ROUTES: Final = (
    Route("GET", "/v1/iamport.js", v1_script),
    Route("GET", "/v2/browser-sdk.js", v2_script),
    Route("GET", "/window", window),
)
