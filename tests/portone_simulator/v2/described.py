"""PortOne's own description of V2, and what checks answers against it where it is at hand."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import requests

DESCRIPTION = Path(__file__).parents[4] / "shared" / "reference" / "openapi" / "v2.openapi.json"

NEEDED = pytest.mark.skipif(not DESCRIPTION.exists(), reason="PortOne's OpenAPI description of V2 is not here")


def plain_schema(node: Any) -> Any:
    """OpenAPI's dialect as JSON Schema: the discriminator picks the variant, and unknown keys are misspelt ones."""
    if isinstance(node, list):
        return [plain_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "discriminator" in node:
        key, names = node["discriminator"]["propertyName"], node["discriminator"]["mapping"]
        picks = [{"if": {"properties": {key: {"const": name}}}, "then": {"$ref": ref}} for name, ref in names.items()]
        return {"required": [key], "properties": {key: {"enum": list(names)}}, "allOf": picks}
    known = {key: plain_schema(value) for key, value in node.items() if not key.startswith("x-")}
    if isinstance(known.get("properties"), dict) and known.get("type") == "object":
        known.setdefault("additionalProperties", False)
    return known


@cache
def description() -> dict[str, Any]:
    received_types: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    return received_types


@cache
def validator(endpoint: str, status: int) -> jsonschema_rs.Draft7Validator:
    """Whoever checks the answers of `POST /path` that come with this HTTP status."""
    method, path = endpoint.split(" ")
    received_types = description()["paths"][path][method.lower()]["responses"][str(status)]
    model = received_types["content"]["application/json"]["schema"]
    schema = {**model, "components": {"schemas": plain_schema(description()["components"]["schemas"])}}
    return jsonschema_rs.Draft7Validator(schema, validate_formats=True)


def check(endpoint: str, answer: requests.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    body = answer.json()
    validator(endpoint, status).validate(body)
    return body


GET, TRIES = "GET /payments/{paymentId}", "GET /payments/{paymentId}/transactions"
LIST, CURSOR, FEED = "GET /payments", "GET /payments-by-cursor", "GET /payment-events-by-cursor"
CANCEL, CLOSE = "POST /payments/{paymentId}/cancel", "POST /payments/{paymentId}/virtual-account/close"
REGISTER, RESEND = "POST /payments/{paymentId}/pre-register", "POST /payments/{paymentId}/resend-webhook"
LOGIN, REFRESH = "POST /login/api-secret", "POST /token/refresh"
