"""The page that shows the OpenAPI document. Everything it loads comes from this server, so it works offline."""

from pathlib import Path
from typing import Final

import flask_swagger_ui
from flask import Blueprint, Response, abort, send_from_directory

OURS: Final = Path(__file__).parent / "static"
SWAGGER_UI: Final = Path(flask_swagger_ui.__file__).parent / "dist"

FILES: Final = {
    "docs.js": OURS,
    "favicon-32x32.png": SWAGGER_UI,
    "swagger-ui-bundle.js": SWAGGER_UI,
    "swagger-ui.css": SWAGGER_UI,
}

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

blueprint = Blueprint("docs", __name__)


@blueprint.get("/docs")
def page() -> Response:
    """The page itself."""
    response = send_from_directory(OURS, "docs.html", max_age=0)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/docs/<name>")
def part(name: str) -> Response:
    """A file that the page loads."""
    if name not in FILES:
        abort(404)
    return send_from_directory(FILES[name], name, max_age=3600)
