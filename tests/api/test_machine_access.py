"""What API keys and client tokens open, endpoint by endpoint: nothing but what they are for."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from pitturu.api.machine_access import Access, access_of
from pitturu.domain import clock
from pitturu.domain.scopes import Scope
from tests.api import issuer
from tests.machine_clients import Server, refusal
from tests.shop import Shop

By = Callable[..., Shop]


@pytest.fixture
def server(shop: Shop) -> Server:
    """A server with a key for everything."""
    return Server(shop)


def concrete(rule: str, names: dict[str, str]) -> str:
    """The path of a rule, with ids that exist where they are known."""
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: names.get(found[1], "00000000-0000-4000-8000-000000000000"), rule)
    return path.removeprefix("/api/v1")


def endpoints(shop: Shop) -> list[tuple[str, str, Access, bool]]:
    """Method, rule and access of every endpoint, and whether anybody at all may use it."""
    contract = shop.client.get("/api/v1/openapi.json").json["paths"]
    found = []
    for rule in shop.app.url_map.iter_rules():
        page = contract.get(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), {})
        access = access_of(shop.app.view_functions[rule.endpoint])
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if method.lower() in page:
                found.append((method, rule.rule, access, "security" not in page[method.lower()]))
    return found


def test_a_key_does_nothing_but_what_its_scopes_say(shop: Shop) -> None:
    """A key with each scope alone, at every endpoint: what is not for it is refused before anything is checked."""
    names = {"session_id": shop.open(prepared=False)["session_id"]}
    servers = {scope: Server(shop, scope, name=scope.replace(":", "-").replace("_", "-")) for scope in Scope}
    for method, rule, access, is_open in endpoints(shop):
        for scope, server in servers.items():
            answer = server.call(method, concrete(rule, names), json={"nonsense": 1})
            code = answer.json.get("code") if answer.is_json else None
            if is_open:
                continue
            if access.scope is None:
                assert (answer.status_code, code) == (403, "api_key_not_accepted"), (method, rule)
            elif access.scope is not scope:
                assert (answer.status_code, code) == (403, "scope_needed"), (method, rule)
            else:
                assert answer.status_code not in (401, 403), (method, rule, code)


def test_a_client_token_does_nothing_but_pay_its_session(shop: Shop, server: Server) -> None:
    """Neither with another session of the same user, nor anything that users or operators do."""
    mine, other = server.open(user_id="7"), server.open(user_id="7")
    names, token = {"session_id": other["session_id"]}, server.token(mine)
    for method, rule, access, is_open in endpoints(shop):
        if not is_open and not (access.client_token and "session_id" not in rule):
            answer = server.call(method, concrete(rule, names), token, json={})
            code = "api_key_needed" if not access.users else "client_token_not_accepted"
            assert refusal(answer) in [(403, code), (403, "client_token_not_accepted")], (method, rule)


@pytest.mark.parametrize("by", ["order", "attempt"])
def test_a_client_token_verifies_no_other_session(shop: Shop, server: Server, by: str) -> None:
    mine, other = server.open(user_id="7"), server.open(user_id="7")
    shop.drain()
    paid = shop.pay(server.session(other))
    reported = {"merchant_uid": other["merchant_uid"]} if by == "order" else {"imp_uid": paid}
    answer = server.call("POST", "/payments/verify", server.token(mine), json=reported)
    if by == "order":
        assert refusal(answer) == (404, "session_not_found")
    else:
        assert answer.json["session_id"] == mine["session_id"]
    assert shop.row(other).status == "prepared"


def test_a_client_token_replays_no_response_about_another_session(shop_with: By) -> None:
    """The user verified another session under the same Idempotency-Key, and the thief knows both."""
    shop = shop_with(external_jwt_issuer=issuer.NAME, external_jwt_secret=issuer.SECRET)
    server, user = Server(shop), issuer.hs256(sub="7")
    mine, other = server.open(user_id="7"), server.open(user_id="7")
    shop.drain()
    reported = {"merchant_uid": other["merchant_uid"]}
    assert server.call("POST", "/payments/verify", user, "once", json=reported).status_code == 202
    answer = server.call("POST", "/payments/verify", server.token(mine), "once", json=reported)
    assert refusal(answer) == (422, "idempotency_key_reused")


def test_a_client_token_expires(shop: Shop, server: Server) -> None:
    session = server.open()
    path = f"/payments/sessions/{session['session_id']}"
    clock.use(lambda: datetime.now(UTC) - timedelta(hours=1, seconds=1))
    token = server.token(session)
    clock.use(None)
    assert refusal(server.call("GET", path, token)) == (401, "token_expired")
    assert server.call("GET", path, server.token(session)).status_code == 200


def test_a_client_token_is_no_other_kind_of_token(shop: Shop, server: Server) -> None:
    token = server.token(server.open())
    answer = shop.client.post("/api/v1/auth/refresh", json={"refresh_token": token})
    assert refusal(answer) == (401, "token_invalid")
    assert jwt.decode(token, options={"verify_signature": False})["type"] == "client"


def test_nobody_gets_a_client_token_without_a_key(shop: Shop) -> None:
    session = shop.open(prepared=False)
    path = f"/payments/sessions/{session['session_id']}/client-token"
    assert shop.post(path, {}, status=403)["code"] == "api_key_needed"
    shop.login("boss", "admin")
    assert shop.post(path, {}, "boss", status=403)["code"] == "api_key_needed"
    assert shop.get("/payments", "boss", status=403)["code"] == "api_key_needed"
