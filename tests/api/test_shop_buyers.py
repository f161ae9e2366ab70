"""Whom the shop's server buys for, what it may name, and who cannot become a guest or a key."""

from collections.abc import Callable
from typing import Any

import pytest

from pitturu.domain.scopes import Scope
from tests.api import issuer
from tests.machine_clients import Server, refusal
from tests.shop import Shop
from tests.values import BUYER

By = Callable[..., Shop]


@pytest.fixture
def server(shop: Shop) -> Server:
    """A server with a key for everything."""
    return Server(shop)


@pytest.mark.parametrize("name", ["guest:cart-42", "key:server", "cli:root"])
def test_nobody_registers_as_a_guest_or_a_key(shop: Shop, name: str) -> None:
    answer = shop.client.post("/api/v1/auth/register", json={"username": name, "password": "correct horse battery"})
    assert answer.status_code == 422


@pytest.mark.parametrize("name", ["guest:cart-42", "Guest:cart-42", "key:server"])
def test_no_issuer_names_a_guest_or_a_key(shop_with: By, name: str) -> None:
    shop = shop_with(external_jwt_issuer=issuer.NAME, external_jwt_secret=issuer.SECRET, external_jwt_prefix="")
    headers = {"Authorization": f"Bearer {issuer.hs256(sub=name)}"}
    assert refusal(shop.client.get("/api/v1/me", headers=headers)) == (403, "username_reserved")


def test_nobody_logs_in_as_a_guest(shop: Shop, server: Server) -> None:
    server.open(user_id="guest:cart-42")
    body = {"username": "guest:cart-42", "password": "correct horse battery"}
    assert refusal(shop.client.post("/api/v1/auth/login", json=body)) == (401, "wrong_credentials")


@pytest.mark.parametrize("user_id", ["guest:", "guest:a b", "guest:" + "x" * 65, "guest:../1", "x" * 201, "", "a\nb"])
def test_user_ids_are_bounded(server: Server, user_id: str) -> None:
    server.open(status=422, user_id=user_id)


@pytest.mark.parametrize("reference", ["", "x" * 101, "a b", "주문", "a\0"])
def test_references_are_bounded(server: Server, reference: str) -> None:
    server.open(status=422, reference=reference)


@pytest.mark.parametrize("field", ["user_id", "reference"])
def test_a_user_buys_for_nobody_else(shop: Shop, field: str) -> None:
    body = {"item_id": shop.item(), "quantity": 1, **BUYER, field: "guest:a"}
    assert shop.post("/payments/sessions", body, status=422)["code"] == "for_api_keys_only"


@pytest.mark.parametrize("amount", [-1, 0, 2**31, 10**30, 1.5, "5000", True])
def test_amounts_of_cancels_are_won(server: Server, amount: Any) -> None:
    session = server.paid()
    server.post(f"/payments/{session['payment_id']}/cancel", {"reason": "품절", "amount": amount}, status=422)


def test_an_account_for_a_refund_needs_a_scope_of_its_own(shop: Shop, server: Server) -> None:
    """It is where stolen money would go."""
    session, thief = server.paid(), Server(shop, Scope.PAYMENTS_CANCEL, name="thief")
    account = {"bank": "004", "number": "1234567890", "holder": "도둑"}
    body = {"reason": "환불", "refund_account": account}
    answer = thief.call("POST", f"/payments/{session['payment_id']}/cancel", json=body)
    assert refusal(answer) == (403, "scope_needed")
    assert answer.json["errors"] == {"scope": [Scope.PAYMENTS_REFUND_ACCOUNT]}
