"""API keys that are ended, expired, forged or of another system; where their text is not; how they are counted."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from pitturu.accounts import api_keys
from pitturu.domain import clock
from pitturu.domain.verdict import Environment
from pitturu.extensions import db
from pitturu.store.unit_of_work import unit_of_work
from tests.machine_clients import Server, new_key, refusal
from tests.operators import logged
from tests.shop import Shop

By = Callable[..., Shop]


@pytest.fixture
def server(shop: Shop) -> Server:
    """A server with a key for everything."""
    return Server(shop)


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
