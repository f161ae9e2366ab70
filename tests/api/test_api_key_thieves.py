"""What somebody tries with keys and client tokens that are wrong, stolen, ended, forged, or for something else."""

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import text

from pitturu.accounts import api_keys
from pitturu.api.machine_access import Access, access_of
from pitturu.domain import clock
from pitturu.domain.scopes import Scope
from pitturu.domain.verdict import Environment
from pitturu.extensions import db
from pitturu.store.unit_of_work import unit_of_work
from tests.api import issuer
from tests.machine_clients import Server, new_key
from tests.operators import logged
from tests.shop import Shop
from tests.values import BUYER

By = Callable[..., Shop]


@pytest.fixture
def server(shop: Shop) -> Server:
    """A server with a key for everything."""
    return Server(shop)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


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


def test_an_ended_key_is_refused_at_once(shop: Shop, server: Server) -> None:
    assert server.call("GET", "/payments").status_code == 200
    with shop.app.app_context(), unit_of_work() as work:
        api_keys.end(work, "server")
    assert refusal(server.call("GET", "/payments")) == (401, "api_key_ended")


def test_an_expired_key_is_refused(shop: Shop, server: Server) -> None:
    server.key = new_key(shop, name="short", expires_at=clock.now() + timedelta(minutes=5))
    assert server.call("GET", "/payments").status_code == 200
    clock.use(lambda: datetime.now(UTC) + timedelta(minutes=5))
    assert refusal(server.call("GET", "/payments")) == (401, "api_key_expired")


def test_a_key_of_the_other_environment_is_refused(shop_with: By, server: Server) -> None:
    """The database of a live system was copied to one that takes test payments, or the other way round."""
    server.shop = shop_with(portone_environment=Environment.LIVE)
    assert refusal(server.call("GET", "/payments")) == (401, "api_key_of_other_environment")


@pytest.mark.parametrize(
    "forge",
    [
        lambda key: key[:-1] + ("a" if key[-1] != "a" else "b"),
        lambda key: key.replace("sk_test", "sk_live"),
        lambda key: key[:-7] + ("a" if key[-7] != "a" else "b") + key[-6:],
        lambda key: key.upper(),
        lambda key: key + "0",
        lambda _: "sk_",
        lambda _: "sk_test_pit" + "0" * 38,
        lambda _: api_keys.new_text(Environment.TEST),
    ],
)
def test_a_forged_key_is_no_key(server: Server, forge: Callable[[str], str]) -> None:
    answer = server.call("GET", "/payments", forge(server.key))
    assert refusal(answer) in [(401, "api_key_unknown"), (401, "token_invalid")]


def test_what_has_not_the_form_of_a_key_costs_no_query(server: Server, statements: list[str]) -> None:
    server.call("GET", "/payments", server.key[:-1] + "~")
    assert statements == []


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


def test_a_key_is_in_no_log_and_no_row(shop: Shop, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shop.login("boss", "admin")
    made = shop.client.put("/api/v1/api-keys/new", json={"scopes": ["payments:read"]}, headers=shop.login("boss"))
    texts = [made.json["key"], server.key, server.token(server.paid())]
    server.key = made.json["key"]
    server.get("/payments")
    server.call("POST", "/payments/sessions", json={"nonsense": server.key})
    server.call("GET", "/payments", server.key + "0")
    with shop.app.app_context():
        queries = [text(f"SELECT json_agg(t)::text FROM {table.name} t") for table in db.metadata.sorted_tables]
        rows = "".join(db.session.scalar(query) or "" for query in queries)
    for secret in texts:
        assert secret not in caplog.text
        assert all(secret not in str(vars(record)) for record in caplog.records)
        assert secret not in rows
    assert {"key:new"} <= {getattr(record, "user", None) for record in caplog.records}
    assert any(line.action == "create_api_key" for line in logged(shop.app))


def test_a_key_is_counted_by_itself(shop_with: By) -> None:
    shop = shop_with(rate_key="2/minute", rate_user="1/minute")
    first, second = Server(shop, name="first"), Server(shop, name="second")
    assert [first.call("GET", "/payments").status_code for _ in range(3)] == [200, 200, 429]
    assert second.call("GET", "/payments").status_code == 200


def test_guesses_at_keys_are_counted_by_address(shop_with: By) -> None:
    server = Server(shop_with(rate_user="1/minute"))
    guesses = [server.call("GET", "/payments", api_keys.new_text(Environment.TEST)).status_code for _ in range(2)]
    assert guesses == [401, 429]


def test_uses_are_written_rarely(server: Server, statements: list[str]) -> None:
    for minutes, writes in ((0, 1), (4, 1), (6, 2), (10, 2)):
        clock.use(lambda ahead=minutes: datetime.now(UTC) + timedelta(minutes=ahead))
        server.get("/payments")
        assert sum(one.startswith("UPDATE api_keys") for one in statements) == writes
