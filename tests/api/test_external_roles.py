"""Roles that a token of an external issuer gives, and how they end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import select

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store.users import User
from tests.api import issuer
from tests.api.issuer import hs256
from tests.operators import actions, id_of, logged
from tests.shop import Shop

CLAIM = "realm_access.roles"
ROLES = (("shop-support", "support"), ("shop-chief", "admin"), ("reader", "viewer"))

By = Callable[..., Shop]


def shop_of(shop_with: By, **changes: Any) -> Shop:
    """A shop that believes the issuer about roles."""
    given = {"external_jwt_role_claim": CLAIM, "external_jwt_roles": ROLES} | changes
    return shop_with(external_jwt_issuer=issuer.NAME, external_jwt_secret=issuer.SECRET, **given)


@pytest.fixture
def outside(shop_with: By) -> Shop:
    """A shop whose issuer names roles in `realm_access.roles`."""
    return shop_of(shop_with)


def token(*names: Any, lifetime: timedelta = timedelta(minutes=5), **changes: Any) -> str:
    """A token that names these roles, as Keycloak does."""
    claims = {"iat": int(clock.now().timestamp()), "realm_access": {"roles": [*names]}, "aud": None}
    return hs256(lifetime=lifetime, **claims | changes)


def headers(signed: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed}"}


def role(shop: Shop, signed: str) -> str:
    return str(shop.client.get("/api/v1/me", headers=headers(signed)).json["role"])


def dead(shop: Shop, signed: str) -> Any:
    return shop.client.get("/api/v1/operations/dead", headers=headers(signed))


def test_the_highest_of_the_roles_that_are_known_here_counts(outside: Shop) -> None:
    assert role(outside, token("reader", "shop-support", "offline_access")) == "support"
    assert role(outside, token("admin", "shop-CHIEF", None, 7, ["shop-chief"])) == "buyer"
    assert role(outside, token()) == "buyer"


@pytest.mark.parametrize(
    ("path", "claims"),
    [
        ("role", {"role": "shop-support"}),
        ("role", {"role": ["reader", "shop-support"]}),
        ("https://shop.example/roles", {"https://shop.example/roles": ["shop-support"]}),
        ("a.b.c", {"a": {"b": {"c": "shop-support"}}}),
    ],
)
def test_where_a_role_may_stand(shop_with: By, path: str, claims: Any) -> None:
    shop = shop_of(shop_with, external_jwt_role_claim=path)
    assert role(shop, token(**claims)) == "support"


@pytest.mark.parametrize(
    "said", [None, 7, {"roles": "x"}, "shop-support", ["shop-support"], {"roles": {"shop-chief": 1}}]
)
def test_a_claim_of_another_form_gives_no_role(outside: Shop, said: Any) -> None:
    assert role(outside, token(realm_access=said)) == "buyer"


def test_an_issuer_that_is_not_configured_for_roles_gives_none(shop_with: By) -> None:
    shop = shop_of(shop_with, external_jwt_role_claim="")
    signed = token("shop-chief", role="admin", **{"": "shop-chief"})

    assert role(shop, signed) == "buyer"
    assert dead(shop, signed).json["code"] == "operators_only"


def test_our_own_tokens_name_no_role_of_the_issuer(outside: Shop) -> None:
    """A claim counts in tokens that this issuer has signed only."""
    forged = jwt.encode(issuer.claims(realm_access={"roles": ["shop-chief"]}, iat=clock.now()), "k" * 40, "HS256")
    assert dead(outside, forged).status_code == 401


@pytest.mark.parametrize(
    "signed",
    [
        lambda: token("shop-chief", lifetime=timedelta(minutes=15, seconds=2)),
        lambda: token("shop-chief", iat=None),
        lambda: token("shop-chief", iat=int((clock.now() - timedelta(hours=1)).timestamp())),
    ],
)
def test_a_long_lived_token_is_a_buyers(outside: Shop, signed: Callable[[], str]) -> None:
    """It cannot be revoked here, so its rights would outlive a dismissal."""
    answer = dead(outside, signed())

    assert (answer.status_code, answer.json["code"]) == (403, "token_lives_too_long")
    assert "900 s" in answer.json["detail"]
    assert role(outside, signed()) == "buyer"


def test_a_malformed_time_of_issue_is_refused(outside: Shop) -> None:
    for iat in ("soon", [1], {}, int((clock.now() + timedelta(hours=1)).timestamp())):
        assert dead(outside, token("shop-chief", iat=iat)).status_code == 401


def test_an_admin_here_stops_an_outside_operator_at_once(outside: Shop) -> None:
    """Although the token goes on being valid, and the issuer goes on giving the role."""
    signed = token("shop-chief", sub="kim")
    assert dead(outside, signed).status_code == 200
    outside.login("boss", "admin")

    path = f"/api/v1/operations/people/{id_of(outside.app, 'ext:kim')}/role"
    answer = outside.client.put(path, json={"role": "buyer"}, headers=outside.login("boss"))
    assert (answer.status_code, answer.json["role_limit"], answer.json["logs_in"]) == (200, "buyer", False)

    for each in (signed, token("shop-chief", sub="kim")):
        assert dead(outside, each).json["code"] == "operators_only"
    outside.client.put(path, json={"role": "viewer"}, headers=outside.login("boss"))
    assert role(outside, signed) == "viewer"
    assert role(outside, token("shop-chief", sub="another")) == "admin"


def test_an_erased_outside_operator_is_somebody_new(outside: Shop) -> None:
    """No trace of the name is left that a limit could belong to, so the issuer alone decides: take the role there."""
    signed = token("shop-chief", sub="kim")
    assert dead(outside, signed).status_code == 200

    assert outside.app.test_cli_runner().invoke(args=["pitturu", "erase", "ext:kim"]).exit_code == 0

    assert dead(outside, signed).status_code == 200
    with outside.app.app_context():
        names = db.session.scalars(select(User.username).where(User.username.startswith("ext:"))).all()
        erased = db.session.scalars(select(User).where(User.erased_at.is_not(None))).one()
    assert (names, erased.role_limit) == (["ext:kim"], "buyer")


def test_without_a_prefix_a_role_here_limits_the_outside_user_of_that_name(shop_with: By) -> None:
    """Both are one user then, who must not keep by one token what was taken from the other."""
    shop = shop_of(shop_with, external_jwt_prefix="")
    shop.login("kim", "admin")
    signed = token("shop-chief", sub="kim")
    assert role(shop, signed) == "admin"

    shop.promote("kim", "support")

    assert role(shop, signed) == "support"


def test_outside_operators_are_logged_with_their_prefix(outside: Shop) -> None:
    session = outside.paid()
    signed = token("reader", sub="hana")
    assert outside.client.get(f"/api/v1/payments/{session['payment_id']}", headers=headers(signed)).status_code == 200

    (line,) = logged(outside.app)
    assert (line.who, line.role, line.whom) == ("ext:hana", "viewer", "hana")


def test_an_outside_admin_does_not_give_himself_a_role(outside: Shop) -> None:
    signed = token("shop-chief", sub="kim")
    assert dead(outside, signed).status_code == 200
    path = f"/api/v1/operations/people/{id_of(outside.app, 'ext:kim')}/role"

    answer = outside.client.put(path, json={"role": "admin"}, headers=headers(signed))

    assert answer.json["code"] == "own_role"
    assert actions(outside.app) == ["read_stuck_work"]
