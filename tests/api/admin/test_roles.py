"""What each role may do over HTTP, and how everybody else is refused."""

from typing import Any

import pytest

from pitturu.domain.roles import Permission, Role, may
from tests.operators import actions, id_of, logged
from tests.shop import Json, Shop

NOWHERE = "00000000-0000-4000-8000-000000000000"
ENDPOINTS = [
    ("GET", "/operations/dead", Permission.VIEW),
    ("GET", "/operations/audit", Permission.VIEW),
    ("GET", "/operations/why/nothing", Permission.VIEW),
    ("POST", "/operations/replay", Permission.REPLAY),
    ("POST", "/operations/comparisons", Permission.RECONCILE),
    ("GET", "/operations/comparisons", Permission.VIEW),
    ("GET", "/operations/comparisons/cmp1", Permission.VIEW),
    ("GET", "/operations/people", Permission.MANAGE_USERS),
    ("PUT", f"/operations/people/{NOWHERE}/role", Permission.MANAGE_USERS),
    ("DELETE", f"/operations/people/{NOWHERE}/logins", Permission.MANAGE_USERS),
    ("GET", f"/operations/people/{NOWHERE}/logins", Permission.MANAGE_USERS),
    ("DELETE", f"/operations/people/{NOWHERE}/logins/{NOWHERE}", Permission.MANAGE_USERS),
    ("GET", "/operations/payments/nothing", Permission.VIEW),
    ("POST", "/operations/payments/nothing/verify", Permission.REPLAY),
    ("POST", "/operations/payments/nothing/shipment", Permission.SHIP),
    ("POST", "/operations/payments/nothing/shipment/confirmation", Permission.CONFIRM_ESCROW),
    ("GET", "/operations/system", Permission.VIEW),
    ("POST", "/operations/acknowledge", Permission.REPLAY),
    ("DELETE", "/operations/acknowledge/nothing", Permission.REPLAY),
    ("GET", "/operations/log", Permission.READ_OPERATOR_LOG),
    ("GET", "/operations/alerts", Permission.VIEW),
    ("POST", "/operations/alerts/backlog/mute", Permission.MUTE_ALERTS),
    ("DELETE", "/operations/alerts/backlog/mute", Permission.MUTE_ALERTS),
]


def send(shop: Shop, method: str, path: str, user: str, role: str) -> Any:
    return shop.client.open(f"/api/v1{path}", method=method, json={}, headers=shop.login(user, role))


@pytest.mark.parametrize(("method", "path", "permission"), ENDPOINTS)
def test_each_endpoint_is_for_the_roles_with_its_permission(
    shop: Shop, method: str, path: str, permission: Permission
) -> None:
    """The permission is checked before anything else of the request."""
    answers = {role: send(shop, method, path, f"a-{role}", role) for role in Role}

    codes = {role: answer.json.get("code") for role, answer in answers.items()}
    for role, code in codes.items():
        if role is Role.BUYER:
            assert code == "operators_only"
        elif may(role, permission):
            assert code not in ("operators_only", "permission_needed"), role
        else:
            assert (answers[role].status_code, code) == (403, "permission_needed"), role
            assert answers[role].json["errors"] == {
                "permission": [permission],
                "roles": [each for each in Role if may(each, permission)],
            }


def cancel(shop: Shop, session: Json, user: str, role: str, status: int, **wish: Any) -> Json:
    shop.login(user, role)
    path = f"/payments/{session['payment_id']}/cancel"
    return shop.post(path, {"reason": "x", **wish}, user, status)


def test_a_viewer_sees_and_cancels_nothing(shop: Shop) -> None:
    session = shop.paid()

    assert cancel(shop, session, "viewer", "viewer", 403)["errors"]["permission"] == ["cancel"]
    assert cancel(shop, session, "viewer", "viewer", 403, quantity=1)["code"] == "permission_needed"
    assert shop.get(f"/payments/{session['payment_id']}", "viewer")["cancellations"] == []


def test_support_cancels_and_names_no_amount(shop: Shop) -> None:
    session = shop.paid()

    refused = cancel(shop, session, "support", "support", 403, amount=1)
    assert refused["errors"] == {"permission": ["cancel_by_amount"], "roles": ["finance", "admin"]}
    assert cancel(shop, session, "support", "support", 202)["cancellations"][0]["amount"] == 10_000


def test_nobody_names_an_amount_for_a_purchase_of_ones_own(shop: Shop) -> None:
    for role in Role:
        shop.login(f"a-{role}", role)
        session = shop.paid(user=f"a-{role}")
        assert cancel(shop, session, f"a-{role}", role, 403, amount=1)["code"] == "amount_for_operators_only"


def test_every_operator_cancels_a_purchase_of_ones_own_as_a_buyer(shop: Shop) -> None:
    """No permission is needed for that, and it is no act of an operator."""
    shop.login("viewer", "viewer")
    session = shop.paid(user="viewer")

    cancel(shop, session, "viewer", "viewer", 202)
    assert shop.payment(session, "viewer")["cancellations"][0]["amount"] == 10_000
    assert actions(shop.app) == []


def test_an_operators_response_is_not_repeated_to_the_buyer_that_he_became(shop: Shop) -> None:
    """It shows another user's payment."""
    session = shop.paid()
    shop.login("boss", "finance")
    path, body = f"/payments/{session['payment_id']}/cancel", {"reason": "x", "amount": 100}
    shop.post(path, body, "boss", 202, key="once")
    assert shop.post(path, body, "boss", 202, key="once")["payment_id"] == session["payment_id"]

    shop.promote("boss", "buyer")

    assert shop.post(path, body, "boss", 422, key="once")["code"] == "idempotency_key_reused"
    assert shop.post(path, body, "boss", 404)["code"] == "payment_not_found"


def test_a_lower_role_counts_at_once_and_a_higher_one_with_the_next_login(shop: Shop) -> None:
    shop.login("boss", "admin")
    shop.login("kim", "support")
    user = id_of(shop.app, "kim")

    def give(role: str) -> None:
        headers = shop.login("boss")
        answer = shop.client.put(f"/api/v1/operations/people/{user}/role", json={"role": role}, headers=headers)
        assert answer.status_code == 200, answer.text

    give("admin")
    assert shop.get("/me", "kim")["role"] == "support"
    shop.get("/operations/log", "kim", 403)
    give("viewer")
    assert shop.get("/me", "kim")["role"] == "viewer"
    shop.post("/operations/replay", {"all": True}, "kim", 403)
    assert [line.detail for line in logged(shop.app, action="change_role")] == [
        "role: support to admin",
        "role: admin to viewer",
    ]
