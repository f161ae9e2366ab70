"""The embedded Valkey keeps its data over a crash."""

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers import private_valkey


def test_a_killed_server_comes_back_with_its_data_on_the_same_address() -> None:
    with private_valkey() as server, redis.Redis.from_url(server.url) as client:
        client.set("note", "kept")
        address = server.url
        server.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        server.start()

        assert server.url == address
        assert client.get("note") == b"kept"


def test_only_the_password_opens_it() -> None:
    with (
        private_valkey() as server,
        redis.Redis(port=server.port, retry=Retry(NoBackoff(), 0)) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()
