"""The second factor: enrolment, logins with it, and the attempts to get around it."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from pitturu.extensions import db
from pitturu.store.second_factors import RecoveryCode, SecondFactor
from tests.api.second_factor import Phone, bearer
from tests.api.test_auth import ask
from tests.api.test_operator_logins import operator_call
from tests.shop import PASSWORD, Shop


def passed(tokens: dict[str, Any]) -> bool:
    """What the access token says."""
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    return bool(claims["second_factor"])


def test_switching_it_on(shop: Shop) -> None:
    phone = Phone(shop)
    first = phone.login()
    headers = bearer(first)
    assert phone.call(headers, "GET") == {"active": False, "recovery_codes_left": 0}

    begun = phone.call(headers, "POST", status=201, password=PASSWORD)
    phone.secret = begun["secret"]
    assert phone.login()["access_token"], "nothing has changed yet"
    codes = phone.call(headers, "POST", "/confirm", code=phone.code())["recovery_codes"]

    address = urlsplit(begun["otpauth_uri"])
    assert (address.scheme, parse_qs(address.query)["secret"]) == ("otpauth", [phone.secret])
    assert len(set(codes)) == 10
    assert phone.call(headers, "GET") == {"active": True, "recovery_codes_left": 10}
    assert (passed(first), passed(ask(shop, "refresh", refresh_token=first["refresh_token"]))) == (False, True)


def test_logging_in_with_a_code(shop: Shop) -> None:
    phone = Phone(shop)
    phone.enrol()

    assert phone.login(401)["code"] == "second_factor_needed"
    assert phone.login(401, code="000000")["code"] == "wrong_code"
    tokens = phone.login(code=phone.code())

    assert passed(tokens)
    assert passed(ask(shop, "refresh", refresh_token=tokens["refresh_token"]))


def test_a_clock_may_be_wrong_by_one_step(shop: Shop) -> None:
    phone = Phone(shop)
    phone.enrol()
    phone.wait()

    assert phone.login(401, code=phone.code(-2))["code"] == "wrong_code"
    assert phone.login(401, code=phone.code(2))["code"] == "wrong_code"
    phone.login(code=phone.code(-1))
    phone.login(code=phone.code(1))


def test_a_code_works_once(shop: Shop) -> None:
    """Whoever looked over the shoulder has it, and the one before, until half a minute later."""
    phone = Phone(shop)
    headers = phone.begin()
    code = phone.code()
    phone.call(headers, "POST", "/confirm", code=code)

    assert phone.login(401, code=code)["code"] == "wrong_code"
    phone.wait()
    assert phone.login(401, code=code)["code"] == "wrong_code"
    phone.login(code=phone.code())
    assert phone.login(401, code=phone.code())["code"] == "wrong_code"
    assert phone.login(401, code=phone.code(-1))["code"] == "wrong_code"


def test_a_recovery_code_works_once(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    phone = Phone(shop)
    phone.enrol()
    code = phone.recovery_codes[3]

    with caplog.at_level(logging.WARNING):
        assert passed(phone.login(code=code.upper().replace("-", " ")))
    assert phone.login(401, code=code)["code"] == "wrong_code"

    assert [(record.username, record.left) for record in caplog.records if record.message == "recovery_code_used"] == [
        ("hana", 9)
    ]


@pytest.mark.parametrize("code", ["000000", "abcdef", "a" * 40, "한글한글한글", "----------", "١٢٣٤٥٦"])
def test_any_other_text_is_no_code(shop: Shop, code: str) -> None:
    phone = Phone(shop)
    headers = phone.begin()
    assert phone.call(headers, "POST", "/confirm", 403, code=code)["code"] == "wrong_code"
    phone.call(headers, "POST", "/confirm", code=phone.code())

    assert phone.login(401, code=code)["code"] == "wrong_code"


def test_the_second_factor_is_no_secret_for_those_who_know_the_password_only(shop: Shop) -> None:
    """With a wrong password the answer is the same for everybody, whatever the code."""
    phone = Phone(shop)
    phone.enrol()

    for more in ({}, {"code": phone.code()}, {"code": "000000"}):
        answer = ask(shop, "login", 401, username="hana", password="a wrong password", **more)
        assert answer["code"] == "wrong_credentials"
    phone.login(code=phone.code())


def test_codes_are_tried_as_slowly_as_passwords(shop_with: Callable[..., Shop]) -> None:
    """From whatever address; the enrolment and the end of it are counted with the logins."""
    shop = shop_with(rate_account="8/hour")
    phone = Phone(shop)  # 1
    headers = phone.enrol()  # 2 to 4

    for code in ("000000", "111111"):
        assert phone.login(401, code=code)["code"] == "wrong_code"
    phone.call(headers, "DELETE", status=403, password=PASSWORD, code="000000")
    phone.call(headers, "POST", status=403, password="a wrong password")

    assert phone.login(429, code=phone.code())["code"] == "too_many_requests"
    assert phone.call(headers, "DELETE", status=429, password=PASSWORD, code=phone.code())
    assert phone.call(headers, "POST", "/confirm", 429, code=phone.code())


def test_a_stolen_access_token_neither_begins_nor_ends_it(shop: Shop) -> None:
    phone = Phone(shop)
    headers = bearer(phone.login())
    assert phone.call(headers, "POST", status=403, password="a wrong password")["code"] == "wrong_password"
    assert phone.call(headers, "POST", "/confirm", 409, code="000000")["code"] == "enrolment_not_begun"
    phone.enrol(headers)

    for password, code, refusal in [
        ("a wrong password", phone.code(), "wrong_password"),
        (PASSWORD, "000000", "wrong_code"),
    ]:
        assert phone.call(headers, "DELETE", status=403, password=password, code=code)["code"] == refusal
    assert phone.login(401)["code"] == "second_factor_needed"


def test_an_active_one_is_not_replaced(shop: Shop) -> None:
    """Not even by somebody who knows the password and has a login."""
    phone = Phone(shop)
    headers = phone.enrol()

    assert phone.call(headers, "POST", status=409, password=PASSWORD)["code"] == "second_factor_active"
    assert phone.call(headers, "POST", "/confirm", 409, code=phone.code())["code"] == "second_factor_active"
    phone.login(code=phone.code())


def test_switching_it_off(shop: Shop) -> None:
    phone = Phone(shop)
    headers = phone.enrol()
    tokens = phone.login(code=phone.code())
    phone.wait()

    phone.call(headers, "DELETE", password=PASSWORD, code=phone.code())

    assert not passed(ask(shop, "refresh", refresh_token=tokens["refresh_token"]))
    assert not passed(phone.login())
    off = phone.call(headers, "DELETE", status=409, password=PASSWORD, code=phone.code())
    assert off["code"] == "second_factor_inactive"
    with shop.app.app_context():
        assert (db.session.query(SecondFactor).count(), db.session.query(RecoveryCode).count()) == (0, 0)


def test_an_operator_needs_it_where_it_is_required(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(operator_second_factor="required")
    session = shop.paid()
    phone = Phone(shop, "boss", "admin")
    plain = bearer(phone.login())

    refusal = operator_call(shop, plain)

    assert (refusal.status_code, refusal.json["code"]) == (403, "second_factor_required")
    assert "/api/v1/auth/totp" in refusal.json["detail"]
    path = f"/api/v1/payments/{session['payment_id']}"
    assert shop.client.get(path, headers=plain).status_code == 404
    cancel = {"reason": "x", "amount": 1_000}
    assert shop.client.post(f"{path}/cancel", json=cancel, headers=plain).status_code == 404

    phone.enrol(plain)

    assert operator_call(shop, plain).status_code == 403, "this access token was issued before"
    headers = bearer(phone.login(code=phone.code()))
    assert operator_call(shop, headers).status_code == 200
    assert shop.client.get(path, headers=headers).status_code == 200


def test_a_factor_that_was_switched_off_counts_no_more(shop_with: Callable[..., Shop]) -> None:
    """The access token still says that its login has passed one."""
    shop = shop_with(operator_second_factor="required")
    phone = Phone(shop, "boss", "admin")
    phone.enrol(bearer(phone.login()))
    headers = bearer(phone.login(code=phone.code()))
    phone.wait()
    phone.call(headers, "DELETE", password=PASSWORD, code=phone.code())

    assert operator_call(shop, headers).json["code"] == "second_factor_required"


def test_a_buyer_is_told_nothing_about_it(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(operator_second_factor="required")

    assert operator_call(shop, shop.login()).json["code"] == "operators_only"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"pitturu_env": "production"}, 403),
        ({"pitturu_env": "production", "operator_second_factor": "optional"}, 200),
        ({}, 200),
        ({"operator_second_factor": "required"}, 403),
    ],
)
def test_where_it_is_required(shop_with: Callable[..., Shop], shop: Shop, changes: dict[str, str], status: int) -> None:
    headers = shop.login("boss", "admin")

    assert operator_call(shop_with(**changes), headers).status_code == status


def test_a_forged_claim_is_worth_nothing(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(operator_second_factor="required")
    token = shop.login("boss", "admin")["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False}) | {"second_factor": True}

    forged = jwt.encode(claims, "f" * 40)

    assert operator_call(shop, {"Authorization": f"Bearer {forged}"}).status_code == 401
