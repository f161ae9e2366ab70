"""Tokens: shared while they live, prolonged in their last minute, dead afterwards."""

import pytest

from portone_simulator.tokens import EXTENSION, LIFETIME, Tokens
from tests.portone_simulator.clients import KEY, SECRET, SimulatorClient, refusal

START = 1_800_000_000


def test_a_fresh_token_lives_half_an_hour() -> None:
    token = Tokens().ask(START)

    assert (token.now, token.expired_at) == (START, START + LIFETIME)


@pytest.mark.parametrize(
    ("later", "same", "expires"),
    [
        (LIFETIME - 61, True, START + LIFETIME),
        (LIFETIME - 60, True, START + LIFETIME + EXTENSION),
        (LIFETIME - 1, True, START + LIFETIME + EXTENSION),
        (LIFETIME, False, START + LIFETIME + LIFETIME),
    ],
)
def test_asking_again(later: int, same: bool, expires: int) -> None:
    tokens = Tokens()
    first = tokens.ask(START)

    second = tokens.ask(START + later)

    assert (second.access_token == first.access_token, second.expired_at) == (same, expires)


@pytest.mark.parametrize(
    "form", [{"json": {"imp_key": KEY, "imp_secret": SECRET}}, {"data": {"imp_key": KEY, "imp_secret": SECRET}}]
)
def test_json_and_form_bodies_get_the_same_token(simulator: SimulatorClient, form: dict[str, dict[str, str]]) -> None:
    answer = simulator.http.post(f"{simulator.running.url}/users/getToken/", **form)

    assert answer.json()["response"]["access_token"] == simulator.token()


@pytest.mark.parametrize("before", ["", "Bearer "])
def test_the_token_is_sent_raw_or_as_bearer(simulator: SimulatorClient, before: str) -> None:
    headers = {"Authorization": before + simulator.token()}

    assert simulator.http.get(f"{simulator.running.url}/banks", headers=headers).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Authorization": "wrong"}, {"Authorization": "Bearer "}])
def test_without_a_live_token_everything_is_unauthorized(simulator: SimulatorClient, headers: dict[str, str]) -> None:
    answer = simulator.http.get(f"{simulator.running.url}/payments/imp_000000000000", headers=headers)

    assert refusal(answer, http=401) == (-1, "Unauthorized")


def test_an_expired_token_is_unauthorized(simulator: SimulatorClient) -> None:
    headers = {"Authorization": simulator.token()}
    simulator.control("POST", "/clock", {"advance": LIFETIME})

    assert simulator.http.get(f"{simulator.running.url}/banks", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("body", "http", "words"),
    [
        ({"imp_key": KEY, "imp_secret": "no"}, 401, "인증에 실패하였습니다. API키와 secret을 확인하세요."),
        ({"imp_key": "한글", "imp_secret": SECRET}, 401, "인증에 실패하였습니다. API키와 secret을 확인하세요."),
        ({"imp_key": KEY}, 400, "imp_key, imp_secret 파라메터가 누락되었습니다."),
        ({}, 400, "imp_key, imp_secret 파라메터가 누락되었습니다."),
    ],
)
def test_bad_credentials(simulator: SimulatorClient, body: dict[str, str], http: int, words: str) -> None:
    answer = simulator.http.post(f"{simulator.running.url}/users/getToken", json=body)

    assert refusal(answer, http) == (-1, words)
