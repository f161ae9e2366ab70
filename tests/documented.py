"""Compares every error that an app answers with to its OpenAPI document, whatever test provoked it."""

import re
from typing import Any

from flask import Flask, Response, request

from pitturu.services import web_services_of

MEDIA_TYPE = "application/problem+json"

UNDOCUMENTED: set[str] = set()
"""Errors of this test that no operation lists."""

Codes = dict[tuple[str, str], dict[int, set[str]]]
"""By verb and path, the `code` values of each status."""


_listed: Codes = {}
"""Of the first app of this process; the document is the same for every app, and long."""


def codes_of(contract: dict[str, Any]) -> Codes:
    """The errors that the document lists."""
    found: Codes = {}
    for path, page in contract["paths"].items():
        for verb in {"get", "post", "put", "patch", "delete"} & set(page):
            found[verb, path] = {
                int(status): set(codes)
                for status, answer in page[verb]["responses"].items()
                if (codes := _codes(contract, answer))
            }
    return found


def _codes(contract: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    if "$ref" in answer:
        answer = contract["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = answer.get("content", {}).get(MEDIA_TYPE, {}).get("schema", {})
    return [
        code for part in schema.get("allOf", ()) for code in part.get("properties", {}).get("code", {}).get("enum", ())
    ]


def watched(app: Flask) -> Flask:
    """The app, from which each error that its document does not list is added to UNDOCUMENTED."""
    listed = _listed or codes_of(web_services_of(app).api.spec.to_dict())
    _listed.update(listed)

    @app.after_request
    def compare(response: Response) -> Response:
        if response.mimetype == MEDIA_TYPE and request.url_rule is not None and request.method != "OPTIONS":
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", request.url_rule.rule)
            verb = "get" if request.method == "HEAD" else request.method.lower()
            code = (response.json or {})["code"]
            if path.startswith("/api/") and code not in listed[verb, path].get(response.status_code, ()):
                UNDOCUMENTED.add(f"{verb} {path}: {response.status_code} {code}")
        return response

    return app
