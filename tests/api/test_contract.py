"""The OpenAPI document describes the endpoints, and its page loads nothing from other servers."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pitturu.domain.roles import Permission
from tests.operators import OPERATORS_PATHS
from tests.shop import Shop

ENDPOINTS = {
    "post /api/v1/auth/register",
    "post /api/v1/auth/login",
    "post /api/v1/auth/refresh",
    "post /api/v1/auth/logout",
    "get /api/v1/auth/logins",
    "delete /api/v1/auth/logins",
    "delete /api/v1/auth/logins/{id}",
    "post /api/v1/auth/password",
    "get /api/v1/auth/totp",
    "post /api/v1/auth/totp",
    "post /api/v1/auth/totp/confirm",
    "delete /api/v1/auth/totp",
    "get /api/v1/auth/email",
    "post /api/v1/auth/email",
    "post /api/v1/auth/email/confirm",
    "delete /api/v1/auth/email",
    "post /api/v1/auth/password-reset",
    "post /api/v1/auth/password-reset/confirm",
    "post /api/v1/auth/account/export",
    "post /api/v1/auth/account/erase",
    "get /api/v1/checkout/form",
    "get /api/v1/items",
    "get /api/v1/pay-methods",
    "post /api/v1/operations/payments/{payment_id}/shipment",
    "post /api/v1/operations/payments/{payment_id}/shipment/confirmation",
    "get /api/v1/items/{item_id}",
    "get /api/v1/catalogue/items",
    "post /api/v1/catalogue/items",
    "get /api/v1/catalogue/items/{item_id}",
    "patch /api/v1/catalogue/items/{item_id}",
    "get /api/v1/catalogue/items/{item_id}/stock",
    "post /api/v1/catalogue/items/{item_id}/stock",
    "get /api/v1/payments",
    "get /api/v1/payments/sessions",
    "post /api/v1/payments/sessions",
    "post /api/v1/payments/sessions/{session_id}/client-token",
    "get /api/v1/payments/sessions/{session_id}",
    "post /api/v1/payments/sessions/{session_id}/prepare",
    "post /api/v1/payments/sessions/{session_id}/window",
    "post /api/v1/payments/sessions/{session_id}/close",
    "post /api/v1/payments/verify",
    "post /api/v1/payments/webhook",
    "post /api/v1/payments/confirm",
    "get /api/v1/payments/{payment_id}",
    "post /api/v1/payments/{payment_id}/cancel",
    "post /api/v1/payments/{payment_id}/cancellations/{cancellation_id}/withdraw",
    "get /api/v1/me/payments",
    "get /api/v1/me",
    "get /api/v1/me/buyer",
    "get /api/v1/me/inventory",
    "get /api/v1/operations/approvals",
    "post /api/v1/operations/approvals/{cancellation_id}/approve",
    "post /api/v1/operations/approvals/{cancellation_id}/reject",
    "post /api/v1/operations/payments/{payment_id}/fulfilment",
    "get /api/v1/operations/payments/{id}",
    "post /api/v1/operations/payments/{id}/verify",
    "post /api/v1/operations/payments/{id}/cash-receipt",
    "get /api/v1/operations/audit",
    "get /api/v1/operations/dead",
    "get /api/v1/operations/why/{id}",
    "post /api/v1/operations/replay",
    "post /api/v1/operations/acknowledge",
    "delete /api/v1/operations/acknowledge/{id}",
    "get /api/v1/operations/overview",
    "get /api/v1/operations/payments",
    "get /api/v1/operations/payments.csv",
    "get /api/v1/operations/system",
    "post /api/v1/operations/comparisons",
    "get /api/v1/operations/comparisons",
    "get /api/v1/operations/comparisons/{comparison_id}",
    "get /api/v1/operations/log",
    "get /api/v1/operations/errors",
    "get /api/v1/operations/webhooks",
    "get /api/v1/operations/webhooks/{webhook_id}",
    "get /api/v1/operations/alerts",
    "get /api/v1/events",
    "get /api/v1/events/recent",
    "get /api/v1/event-endpoints",
    "post /api/v1/event-endpoints",
    "patch /api/v1/event-endpoints/{endpoint_id}",
    "delete /api/v1/event-endpoints/{endpoint_id}",
    "post /api/v1/event-endpoints/{endpoint_id}/rotate",
    "post /api/v1/event-endpoints/{endpoint_id}/test",
    "post /api/v1/event-endpoints/{endpoint_id}/resume",
    "post /api/v1/event-endpoints/{endpoint_id}/replay",
    "get /api/v1/event-endpoints/{endpoint_id}/deliveries",
    "post /api/v1/operations/alerts/{rule}/mute",
    "delete /api/v1/operations/alerts/{rule}/mute",
    "get /api/v1/api-keys",
    "put /api/v1/api-keys/{name}",
    "delete /api/v1/api-keys/{name}",
    "get /api/v1/operations/people",
    "put /api/v1/operations/people/{user_id}/role",
    "delete /api/v1/operations/people/{user_id}/logins",
    "get /api/v1/operations/people/{user_id}/logins",
    "delete /api/v1/operations/people/{user_id}/logins/{login_id}",
}
OPEN = {"auth", "password_reset", "pay_methods", "checkout_form", "items", "webhook", "confirm"}


@pytest.fixture
def contract(shop: Shop) -> dict[str, Any]:
    """The document."""
    found: dict[str, Any] = shop.client.get("/api/v1/openapi.json").json
    return found


def operations(contract: dict[str, Any]) -> dict[str, dict[str, Any]]:
    verbs = ("get", "post", "put", "patch", "delete")
    return {f"{verb} {path}": page[verb] for path, page in contract["paths"].items() for verb in verbs if verb in page}


def test_every_endpoint_is_in_it(contract: dict[str, Any], app: Flask) -> None:
    assert contract["openapi"] == "3.1.0"
    assert set(operations(contract)) == ENDPOINTS
    rules = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    assert {rule for rule in rules if rule.startswith("/api/")} == set(contract["paths"]) | {"/api/v1/openapi.json"}


def test_authentication_is_documented(contract: dict[str, Any]) -> None:
    guarded = {name: page["security"] for name, page in operations(contract).items() if "security" in page}
    schemes = contract["components"]["securitySchemes"]

    assert set(guarded) == {name for name, page in operations(contract).items() if not OPEN & set(page["tags"])}
    assert {scheme for security in guarded.values() for one in security for scheme in one} == set(schemes)
    assert {scheme["scheme"] for scheme in schemes.values()} == {"bearer"}


def test_the_permission_of_every_operators_endpoint_is_documented(contract: dict[str, Any]) -> None:
    named = {name for name, page in operations(contract).items() if page.get("x-permission") in set(Permission)}

    assert named == {name for name in ENDPOINTS if name.partition(" ")[2].startswith(OPERATORS_PATHS)}


def test_names_in_paths_have_a_pattern(contract: dict[str, Any]) -> None:
    named = {
        parameter["name"]: parameter["schema"]
        for page in contract["paths"].values()
        for parameter in page.get("parameters", [])
    }

    for key in ("item_id", "user_id", "webhook_id", "login_id"):
        assert named.pop(key) == {"type": "string", "format": "uuid"}
    for key in ("id", "rule", "name"):
        assert named.pop(key) == {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}
    assert set(named) == {"session_id", "payment_id", "cancellation_id", "comparison_id", "endpoint_id"}
    assert {schema["pattern"] for schema in named.values()} == {"^[A-Za-z0-9]{1,40}$"}


def test_every_post_of_a_user_takes_a_key(contract: dict[str, Any]) -> None:
    """But for those whose body has a password, a fingerprint of which would be stored, or whose answer has a token."""
    for name, page in operations(contract).items():
        headers = {parameter["name"] for parameter in page.get("parameters", []) if parameter["in"] == "header"}
        takes = name.startswith("post") and "security" in page and not re.search("/auth/|/client-token$", name)
        assert ("Idempotency-Key" in headers) == takes, name


def test_every_endpoint_has_a_description_and_the_error_format(contract: dict[str, Any]) -> None:
    for name, page in operations(contract).items():
        assert page["summary"], name
        assert page["responses"]["default"] == {"$ref": "#/components/responses/DEFAULT_ERROR"}, name
    assert list(contract["components"]["responses"]["DEFAULT_ERROR"]["content"]) == ["application/problem+json"]


def test_response_fields_are_required(contract: dict[str, Any]) -> None:
    schemas = contract["components"]["schemas"]
    answered = set()
    for name, page in operations(contract).items():
        for status, answer in page["responses"].items():
            for media_type, content in answer.get("content", {}).items():
                if media_type == "text/csv":
                    continue
                named = content["schema"].get("allOf", [content["schema"]])[0]
                answered.add(named["$ref"].rpartition("/")[2])
            assert status[0] != "2" or answer["content"], name

    assert {"Tokens", "Session", "FullPayment", "HistoryPage", "Done"} <= answered
    sometimes = {
        name: set(schemas[name].get("properties", {})) - set(schemas[name].get("required", [])) for name in answered
    }
    assert {name: left for name, left in sometimes.items() if left} == {"Problem": {"errors"}, "Refusal": {"errors"}}


def test_the_page_loads_from_here_only(shop: Shop) -> None:
    page = shop.client.get("/docs")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert {shop.client.get(path).status_code for path in loaded} == {200}
    assert "://" not in page.text


@pytest.mark.parametrize("name", ["index.html", "../docs.py", "..%2fdocs.py", "swagger-ui.js", "LICENSE"])
def test_no_other_file_is_served(shop: Shop, name: str) -> None:
    assert shop.client.get(f"/docs/{name}").status_code == 404


def test_the_viewer_reads_this_version_of_openapi() -> None:
    import flask_swagger_ui

    version = (Path(flask_swagger_ui.__file__).parent / "dist" / "VERSION").read_text().strip()
    assert int(version.lstrip("v").split(".")[0]) >= 5
