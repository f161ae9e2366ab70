"""No endpoint for operators is without a permission, and none does or shows something that is not logged."""

from typing import Any

from flask import Flask

from pitturu import create_app
from pitturu.api.authentication import OPERATOR_ACCESS, requires
from pitturu.domain.operator_actions import OperatorAction
from pitturu.domain.roles import Permission
from tests.operators import OPERATORS_PATHS
from tests.values import settings_for

UNLOGGED = {
    "operations.read_audit",
    "comparisons.list_comparisons",
    "alerts.list_alerts",
    "errors.read_errors",
    "overview.read_overview",
    "system.read_system",
    "catalogue.list_managed_items",
    "catalogue.read_managed_item",
}
"""They show neither what belongs to a user nor who did what."""


def access(app: Flask) -> dict[str, tuple[set[str], Any]]:
    """The methods of each operators' endpoint, and its permission and action."""
    return {
        rule.endpoint: (rule.methods or set(), getattr(app.view_functions[rule.endpoint], OPERATOR_ACCESS, None))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(OPERATORS_PATHS)
    }


def test_every_operators_endpoint_requires_a_permission_and_is_logged() -> None:
    found = access(create_app(settings_for()))

    assert len(found) >= 11
    assert [name for name, (_, pair) in found.items() if pair is None] == []
    assert {name for name, (_, (_, action)) in found.items() if action is None} == UNLOGGED
    assert all(methods <= {"GET", "HEAD", "OPTIONS"} for methods, (_, action) in found.values() if action is None)


def test_reads_and_writes_are_named_as_such() -> None:
    for name, (methods, (_, action)) in access(create_app(settings_for())).items():
        if action is not None:
            assert action.reads == ("GET" in methods), name


def test_an_endpoint_without_a_permission_would_be_seen() -> None:
    app = create_app(settings_for())
    for prefix in OPERATORS_PATHS:
        app.add_url_rule(f"{prefix}/forgotten", f"forgotten in {prefix}", lambda: "")
    known = requires(Permission.VIEW, OperatorAction.READ_PEOPLE)(lambda: "")
    app.add_url_rule("/api/v1/operations/known", "known", known)

    found = access(app)
    assert {found[f"forgotten in {prefix}"][1] for prefix in OPERATORS_PATHS} == {None}
    assert found["known"][1] == (Permission.VIEW, OperatorAction.READ_PEOPLE)
