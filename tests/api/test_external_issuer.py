"""Users of an external issuer."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import jwt
import pytest

from pitturu.store import users
from tests.api import issuer
from tests.api.issuer import KeyList, hs256, key_list, rs256
from tests.shop import Shop
from tests.values import BUYER, settings_for

By = Callable[..., Shop]


@pytest.fixture
def secretive(shop_with: By) -> Shop:
    """A shop that shares a secret with the issuer."""
    return shop_with(
        external_jwt_issuer=issuer.NAME, external_jwt_secret=issuer.SECRET, external_jwt_audience="pitturu"
    )


@pytest.fixture
def keys() -> Iterator[KeyList]:
    """The issuer's public keys."""
    with key_list() as served:
        yield served


@pytest.fixture
def public(shop_with: By, keys: KeyList) -> Shop:
    """A shop that reads the issuer's public keys."""
    return shop_with(external_jwt_issuer=issuer.NAME, external_jwt_jwks_url=keys.url)


def me(shop: Shop, token: str) -> Any:
    return shop.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})


def test_a_shared_secret(secretive: Shop) -> None:
    assert me(secretive, hs256()).json == {"username": "ext:user-7", "role": "buyer", "permissions": []}


def test_a_public_key(public: Shop) -> None:
    assert me(public, rs256()).json == {"username": "ext:user-7", "role": "buyer", "permissions": []}


@pytest.mark.parametrize("name", ["system", "PortOne", " operator "])
def test_an_issuer_without_a_prefix_names_no_part_of_the_system(shop_with: By, name: str) -> None:
    shop = shop_with(external_jwt_issuer=issuer.NAME, external_jwt_secret=issuer.SECRET, external_jwt_prefix="")

    answer = me(shop, hs256(sub=name))

    assert (answer.status_code, answer.json["code"]) == (403, "username_reserved")


def test_our_own_tokens_are_still_accepted(secretive: Shop, public: Shop) -> None:
    assert secretive.get("/me")["username"] == public.get("/me")["username"] == "hana"


@pytest.mark.parametrize(
    "sign",
    [
        partial(hs256, "k" * 40),
        partial(hs256, settings_for().jwt_secret_key),
        partial(hs256, iss="https://evil.example"),
        partial(hs256, aud="another shop"),
        partial(hs256, aud=None),
        partial(hs256, exp=None),
        partial(hs256, lifetime=timedelta(minutes=-1)),
        partial(hs256, sub=None),
        partial(hs256, sub=""),
        partial(hs256, sub="x" * 201),
        partial(hs256, sub="a\x00b"),
        rs256,
        lambda: jwt.encode(issuer.claims(), issuer.SECRET, "HS512"),
        lambda: jwt.encode(issuer.claims(), None, "none"),
    ],
)
def test_tokens_that_are_refused(secretive: Shop, sign: Callable[[], str]) -> None:
    answer = me(secretive, sign())

    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_the_algorithm_is_pinned_to_the_kind_of_key(public: Shop) -> None:
    """A known attack: the public key used as an HMAC secret."""
    number = issuer.key_pair("first").public_key().public_numbers().n
    forged = jwt.encode(issuer.claims(), str(number), "HS256", headers={"kid": "first"})

    assert me(public, forged).status_code == 401
    assert me(public, rs256("second", kid="first")).status_code == 401
    assert me(public, rs256("second")).status_code == 401


def test_external_tokens_never_make_operators(secretive: Shop) -> None:
    assert me(secretive, hs256(role="admin")).json["role"] == "buyer"


def test_external_names_are_no_local_names(secretive: Shop) -> None:
    session = secretive.open()
    token = {"Authorization": f"Bearer {hs256(sub='hana')}"}

    assert secretive.client.get(f"/api/v1/payments/sessions/{session['session_id']}", headers=token).status_code == 404


def test_another_claim_may_name_the_user(shop_with: By) -> None:
    shop = shop_with(
        external_jwt_issuer=issuer.NAME,
        external_jwt_secret=issuer.SECRET,
        external_jwt_identity_claim="email",
        external_jwt_prefix="shop/",
    )

    assert me(shop, hs256(email="hana@example.org", aud=None)).json["username"] == "shop/hana@example.org"


def test_the_first_write_makes_the_user(secretive: Shop) -> None:
    headers = {"Authorization": f"Bearer {hs256()}", "Idempotency-Key": "once"}
    body = {"item_id": secretive.item(), "quantity": 1, **BUYER}
    answers = [secretive.client.post("/api/v1/payments/sessions", json=body, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data == answers[1].data
    with secretive.app.app_context():
        user = users.by_username("ext:user-7")
        assert user is not None
        assert (user.password_hash, user.role) == (None, "buyer")


def test_keys_are_fetched_once(public: Shop, keys: KeyList) -> None:
    for _ in range(5):
        assert me(public, rs256()).status_code == 200
    for _ in range(5):
        assert me(public, rs256("unknown")).status_code == 401

    assert keys.asked == 1


def test_an_unavailable_issuer_is_not_an_invalid_token(public: Shop, keys: KeyList) -> None:
    keys.broken = True
    answers = [me(public, rs256()) for _ in range(5)]

    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(503, "issuer_away")}
    assert keys.asked == 1
    assert int(answers[0].headers["Retry-After"]) > 0
    assert keys.asked == 1, "it is left in peace for a while"
    assert public.get("/me")["username"] == "hana"


def test_without_a_setting_external_tokens_are_refused(shop: Shop) -> None:
    assert me(shop, hs256()).status_code == 401
    assert me(shop, hs256(settings_for().jwt_secret_key)).status_code == 401
