"""The OpenAPI document lists the errors of each operation, and the code raises no others."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import pitturu
from pitturu.api import problems
from pitturu.api.refusals import refuses
from pitturu.domain.decision.cancel_policy import ReviewRefusal
from pitturu.domain.decision.cancel_request import RequestRefusal
from pitturu.domain.decision.checkout import Refusal
from pitturu.domain.errors import Conflict, NotFound, Problem
from pitturu.domain.pg_capabilities import Impossible
from pitturu.services import web_services_of
from tests import documented
from tests.documented import codes_of
from tests.shop import Shop

SOURCES = sorted(Path(pitturu.__file__).parent.rglob("*.py"))

COMPUTED = {*ReviewRefusal, *RequestRefusal, *Impossible, *Refusal} - {Refusal.TIME_OVER}
"""Codes that are values of enumerations."""

OUTSIDE = {"metrics_token_needed", "method_not_allowed", "http_error"}
"""Codes of answers that belong to no operation: probes, unknown paths and methods."""


@pytest.fixture
def listed(app: Flask) -> documented.Codes:
    return codes_of(web_services_of(app).api.spec.to_dict())


def calls(name: str | None = None) -> Iterator[ast.Call]:
    """Every call in the package, or every one of this function."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and name in (None, called(node)):
                yield node


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def literals(nodes: list[ast.expr]) -> set[str]:
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def raised() -> set[str]:
    """The codes that problems are made with anywhere in the package."""
    kinds = {kind.__name__ for kind in problems.STATUS} | {Problem.__name__}
    made = {code for call in calls() if called(call) in kinds for code in literals(call.args[:1])}
    rendered = {code for call in calls("error_response") for code in literals(call.args[1:2])}
    return made | rendered | {code for code, _ in problems.FLASK.values()} | set(COMPUTED)


def test_every_code_that_is_raised_is_listed(listed: documented.Codes) -> None:
    assert raised() - OUTSIDE - {code for codes in every(listed) for code in codes} == set()


def test_every_code_that_is_listed_is_raised(listed: documented.Codes) -> None:
    assert {code for codes in every(listed) for code in codes} - raised() == {"too_many_requests"}


def every(listed: documented.Codes) -> Iterator[set[str]]:
    for statuses in listed.values():
        yield from statuses.values()


def test_errors_of_an_operation(listed: documented.Codes) -> None:
    opened = listed["post", "/api/v1/payments/sessions"]

    assert opened[404] == {"item_not_found"}
    assert {"out_of_stock", "item_retired", "request_in_progress", "changed_meanwhile"} <= opened[409]
    assert opened[415] == {"unsupported_media_type"}
    assert 415 not in listed["get", "/api/v1/items"], "it has no body"
    assert 401 not in listed["get", "/api/v1/items"], "it needs no login"
    assert "operators_only" in listed["get", "/api/v1/events"][403]


def test_an_error_that_is_not_listed_is_noticed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise Conflict("never_listed", "A test raises this.")

    monkeypatch.setitem(shop.app.view_functions, "items.list_items", refuse)

    assert shop.client.get("/api/v1/items").status_code == 409
    assert {"get /api/v1/items: 409 never_listed"} == documented.UNDOCUMENTED
    documented.UNDOCUMENTED.clear()


def test_declaring_changes_no_view() -> None:
    def view() -> str:
        return "answer"

    documentation = {"manual_doc": {"summary": "S"}}
    view._apidoc = documentation  # type: ignore[attr-defined]

    assert refuses(NotFound, "a", "b")(view) is view
    assert documentation == {"manual_doc": {"summary": "S"}}, "a decorated view shares it with what it wraps"
