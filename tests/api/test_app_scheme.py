"""Shops' apps: apps of card companies return to them, and to nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.shop import Shop
from tests.values import BUYER

SESSIONS = "/payments/sessions"


def order(shop: Shop, scheme: object) -> dict[str, Any]:
    return {"item_id": shop.item(), "quantity": 1, "generation": shop.generation, **BUYER, "app_scheme": scheme}


@pytest.mark.parametrize("scheme", ["myshop", "myshop://"])
def test_where_portone_wants_it(shop: Shop, scheme: str) -> None:
    """V1 takes either form; V2's guide writes it with a colon and slashes, and Toss Payments requires them."""
    first = shop.post(SESSIONS, order(shop, scheme), status=201)
    shop.generation = "v2"
    second = shop.post(SESSIONS, order(shop, scheme), status=201)

    assert (first["app_scheme"], first["checkout"]["params"]["app_scheme"]) == (scheme, scheme)
    assert (second["app_scheme"], second["checkout"]["params"]["appScheme"]) == (scheme, "myshop://")


@pytest.mark.parametrize("generation", ["v1", "v2"])
def test_it_is_left_out_in_a_browser(shop: Shop, generation: str) -> None:
    shop.generation = generation
    session = shop.open()

    assert session["app_scheme"] is None
    assert {"app_scheme", "appScheme"}.isdisjoint(session["checkout"]["params"])


@pytest.mark.parametrize(
    "scheme",
    [
        *("https", "http://", "javascript", "data", "intent://", "file", "tel", "Myshop", "my shop", "myshop://x", ""),
        *("myshop\n", "javascript:alert(1)//", "m" * 64, 7),
    ],
)
def test_what_is_no_scheme_of_an_app_is_refused(shop: Shop, scheme: object) -> None:
    assert list(shop.post(SESSIONS, order(shop, scheme), status=422)["errors"]) == ["app_scheme"]


@pytest.mark.parametrize(
    ("configured", "scheme", "status"),
    [
        ({"pitturu_env": "production"}, "myshop", 422),
        ({"pitturu_env": "production", "app_schemes": ("myshop", "mystore")}, "mystore://", 201),
        ({"pitturu_env": "production", "app_schemes": ("myshop",)}, "myshop2", 422),
        ({"app_schemes": ("myshop",)}, "evil", 422),
        ({"app_schemes": ("https",), "pitturu_env": "production"}, "https", 422),
    ],
)
def test_production_returns_to_named_apps_only(
    shop_with: Callable[..., Shop], configured: dict[str, Any], scheme: str, status: int
) -> None:
    """Otherwise a hostile app that registered any scheme could be started in the middle of a payment."""
    shop = shop_with(**configured)

    shop.post(SESSIONS, order(shop, scheme), status=status)
