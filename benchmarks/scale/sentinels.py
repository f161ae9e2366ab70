"""Two Valkey servers, a master and its replica, and three Sentinels that promote the replica when the master fails."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import redis

from benchmarks.environment import wait_for
from devstack.binaries import valkey_binary
from devstack.ports import free_port

MASTER: Final = "shop"
PASSWORD: Final = "of-the-benchmark"

VALKEY: Final = """\
bind 127.0.0.1
port {port}
dir {place}
requirepass {password}
masterauth {password}
appendonly yes
save ""
"""

SENTINEL: Final = """\
bind 127.0.0.1
port {port}
dir {place}
sentinel monitor {master} 127.0.0.1 {watched} 2
sentinel auth-pass {master} {password}
sentinel down-after-milliseconds {master} {timeout}
sentinel failover-timeout {master} 10000
"""

DOWN_AFTER: Final = 2000
"""Milliseconds of silence after which a Sentinel considers the master down."""


@dataclass
class Watched:
    """The Valkey servers by port, and the addresses of their Sentinels."""

    valkeys: dict[int, subprocess.Popen[bytes]]
    sentinels: list[int]

    @property
    def url(self) -> str:
        """REDIS_URL."""
        return f"redis+sentinel://:{PASSWORD}@{','.join(f'127.0.0.1:{port}' for port in self.sentinels)}/{MASTER}/0"

    def master(self) -> int:
        """The port of the current master, according to the first Sentinel."""
        with redis.Redis(port=self.sentinels[0]) as sentinel:
            address: tuple[bytes, int] = sentinel.sentinel_get_master_addr_by_name(MASTER)
            return int(address[1])

    def kill_master(self) -> None:
        """SIGKILL, as in a power failure."""
        self.valkeys[self.master()].kill()


@contextmanager
def watched(place: Path) -> Iterator[Watched]:
    """Start all five servers; returns when every Sentinel knows the others and the replica."""
    first, second, *sentinels = (free_port() for _ in range(5))
    with ExitStack() as stack:

        def start(port: int, text: str, *words: str) -> subprocess.Popen[bytes]:
            own = place / str(port)
            own.mkdir()
            configuration = own / "valkey.conf"
            configuration.write_text(text)
            command = [str(valkey_binary()), str(configuration), *words]
            process = subprocess.Popen(command, stdout=(own / "log").open("wb"), stderr=subprocess.STDOUT)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        def valkey(port: int, more: str = "") -> subprocess.Popen[bytes]:
            return start(port, VALKEY.format(port=port, place=place / str(port), password=PASSWORD) + more)

        processes = {first: valkey(first), second: valkey(second, f"replicaof 127.0.0.1 {first}\n")}
        for port in sentinels:
            values = {"master": MASTER, "watched": first, "password": PASSWORD, "timeout": DOWN_AFTER}
            start(port, SENTINEL.format(port=port, place=place / str(port), **values), "--sentinel")
        for port in sentinels:
            wait_for(lambda port=port: _knows_everybody(port), f"the Sentinel on port {port}")
        yield Watched(processes, sentinels)


def _knows_everybody(port: int) -> bool:
    try:
        with redis.Redis(port=port) as sentinel:
            state = sentinel.sentinel_master(MASTER)
            return (state["num-other-sentinels"], state["num-slaves"]) == (2, 1)
    except redis.RedisError:
        return False
