"""Tokens and the account's payment channels."""

import secrets
from dataclasses import asdict
from typing import Final

from portone_simulator.answers import Answer, Refusal
from portone_simulator.call import Call, text
from portone_simulator.channels import CHANNELS
from portone_simulator.rest.endpoint import Endpoint
from portone_simulator.state import Simulation


def get_token(simulation: Simulation, call: Call) -> Answer:
    """`POST /users/getToken`: a token for key and secret; all clients share one while it lives."""
    key, secret = text(call.body, "imp_key"), text(call.body, "imp_secret")
    if key is None or secret is None:
        raise Refusal("imp_key, imp_secret 파라메터가 누락되었습니다.", code=-1, http=400)
    settings = simulation.settings
    if not (_same(key, settings.imp_key) and _same(secret, settings.imp_secret)):
        raise Refusal("인증에 실패하였습니다. API키와 secret을 확인하세요.", code=-1, http=401)
    return Answer(asdict(simulation.tokens.ask(simulation.clock.unix())))


def list_channels(_simulation: Simulation, _call: Call) -> Answer:
    """`GET /users/pg`: the contracts with PGs."""
    return Answer([asdict(channel) for channel in CHANNELS])


def _same(given: str, expected: str) -> bool:
    return secrets.compare_digest(given.encode(), expected.encode())


ENDPOINTS: Final = (
    Endpoint("POST", "/users/getToken", "users.getToken", get_token, public=True),
    Endpoint("GET", "/users/pg", "users.pg", list_channels),
)
