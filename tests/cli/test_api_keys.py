"""`flask pitturu keys`: API keys of the shop's servers, at a terminal."""

from datetime import UTC, datetime, timedelta

from click.testing import Result

from pitturu.domain import clock
from tests.operators import actions
from tests.shop import Shop


def run(shop: Shop, *words: str) -> Result:
    """`flask pitturu keys WORDS`."""
    return shop.app.test_cli_runner().invoke(args=["pitturu", "keys", *words])


def works(shop: Shop, key: str) -> bool:
    headers = {"Authorization": f"Bearer {key}"}
    return shop.client.get("/api/v1/payments", headers=headers).status_code == 200


def test_a_key_is_made_listed_and_ended(shop: Shop) -> None:
    assert "There are no keys." in run(shop, "list").output
    made = run(shop, "create", "order-server", "--scope", "payments:read", "--scope", "events:read").output
    key = made.split()[-1]
    assert "order-server is a key of test payments: events:read, payments:read." in made
    assert f"order-server {key[:15]}...: never used" in run(shop, "list").output
    assert works(shop, key)
    listed = run(shop, "list").output
    assert "last used" in listed
    assert key not in listed
    assert run(shop, "end", "order-server").output == "order-server has ended.\n"
    assert not works(shop, key)
    assert "ended" in run(shop, "list").output
    assert actions(shop.app) == ["create_api_key", "end_api_key"]


def test_a_key_with_an_end(shop: Shop) -> None:
    run(shop, "create", "short", "--scope", "payments:read", "--expires", "2099-01-01T00:00:00+0900")
    assert "expires 2098-12-31" in run(shop, "list").output
    clock.use(lambda: datetime(2099, 1, 1, tzinfo=UTC) + timedelta(days=1))
    assert "expired 2098-12-31" in run(shop, "list").output


def test_mistakes_are_explained(shop: Shop) -> None:
    assert "small letters" in run(shop, "create", "Order Server", "--scope", "payments:read").output
    assert "--scope" in run(shop, "create", "order-server").output
    assert "There is no key of this name" in run(shop, "end", "order-server").output
    past = run(shop, "create", "order-server", "--scope", "payments:read", "--expires", "2020-01-01T00:00:00+0900")
    assert "This time has passed" in past.output
