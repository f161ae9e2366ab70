"""A Redis that Sentinels watch: found by the name of the master, and found again after a failover."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.exceptions import RedisError

from devstack import Valkey
from devstack.binaries import valkey_binary
from devstack.ports import free_port
from pitturu.redis_client import connect
from tests.servers import private_valkey
from tests.waiting import until

SENTINEL = """\
bind 127.0.0.1
port {port}
dir {place}
sentinel monitor shop 127.0.0.1 {master} 1
sentinel auth-pass shop {password}
"""


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Valkey, Valkey, redis.Redis]]:
    """A Valkey, another one, and a Sentinel that takes the first one for the master of `shop`."""
    with private_valkey() as first, private_valkey() as second:
        port, place = free_port(), tmp_path / "sentinel.conf"
        place.write_text(SENTINEL.format(port=port, place=tmp_path, master=first.port, password=_password(first)))
        process = subprocess.Popen([valkey_binary(), place, "--sentinel"], stdout=subprocess.DEVNULL)
        try:
            with redis.Redis(port=port) as sentinel:
                until(lambda: _knows_master(sentinel), "the Sentinel knows the master")
                yield first, second, sentinel
        finally:
            process.kill()
            process.wait()


def test_the_master_is_found_by_name_and_found_again(watched: tuple[Valkey, Valkey, redis.Redis]) -> None:
    first, second, sentinel = watched
    port, nobody = sentinel.connection_pool.connection_kwargs["port"], free_port()
    address = f"redis+sentinel://:{_password(first)}@127.0.0.1:{nobody},127.0.0.1:{port}/shop/3"
    with connect(address, socket_timeout=2) as client:
        client.set("where", "first")
        with redis.Redis.from_url(_numbered(first, 3), decode_responses=True) as alone:
            assert alone.get("where") == "first"
        first.kill()
        with pytest.raises(RedisError):
            client.get("where")
        _promote(sentinel, second, _password(first))
        client.set("where", "second")
        with redis.Redis.from_url(_numbered(second, 3).replace(_password(second), _password(first))) as alone:
            assert alone.get("where") == b"second"


def _numbered(valkey: Valkey, database: int) -> str:
    return valkey.url.removesuffix("/0") + f"/{database}"


def _promote(sentinel: redis.Redis, valkey: Valkey, password: str) -> None:
    """What a failover comes to: the name belongs to another server, which has the same password."""
    with redis.Redis.from_url(valkey.url) as client:
        client.config_set("requirepass", password)
    sentinel.sentinel_remove("shop")
    sentinel.sentinel_monitor("shop", "127.0.0.1", valkey.port, 1)
    sentinel.sentinel_set("shop", "auth-pass", password)
    until(lambda: _knows_master(sentinel), "the Sentinel knows the new master")


def _knows_master(sentinel: redis.Redis) -> bool:
    try:
        state = sentinel.sentinel_master("shop")
    except RedisError:
        return False
    return bool(state["is_master"]) and not state["is_sdown"]


def _password(valkey: Valkey) -> str:
    return valkey.url.split(":")[2].split("@")[0]
