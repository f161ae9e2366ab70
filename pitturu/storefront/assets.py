"""Built assets. Almost all file names contain a hash of the content; browsers may cache those without limit."""

import gzip
import mimetypes
import re
from functools import cache
from typing import Final

from flask import Blueprint, Response, abort, request
from werkzeug.wrappers import Response as Answer

from pitturu.storefront.manifest import STATIC, manifest

blueprint = Blueprint("assets", __name__)

KINDS: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
"""Media types that are missing on some machines."""

PACKED: Final = (".js", ".css", ".svg")
"""Types worth compressing; fonts are compressed already."""

HASHED: Final = re.compile(r"-[0-9A-F]{8}\.[a-z0-9]+\Z")
"""A name that contains a hash of the content."""

FOR_EVER: Final = "public, max-age=31536000, immutable"


@blueprint.get("/assets/<path:name>")
def asset(name: str) -> Answer:
    """A file of the build; no path leads outside of it."""
    digest = manifest().outputs.get(name)
    if digest is None:
        abort(404)
    suffix = name[name.rfind(".") :]
    packed = suffix in PACKED and request.accept_encodings.quality("gzip") > 0
    kind = KINDS.get(suffix) or mimetypes.guess_type(name)[0] or "text/plain"
    response = Response(_packed(name) if packed else _plain(name), mimetype=kind)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    if suffix in PACKED:
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = FOR_EVER if HASHED.search(name) else "no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.set_etag(f"{digest[:16]}-{'gzip' if packed else 'plain'}")
    return response.make_conditional(request)


@cache
def _plain(name: str) -> bytes:
    return (STATIC / name).read_bytes()


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(_plain(name), 9, mtime=0)
