"""An embedded Valkey server."""

from pathlib import Path
from typing import ClassVar

from devstack.binaries import valkey_binary
from devstack.server import Server

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
databases 64
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""
"""Append-only, so that a stop loses no message; eviction would lose messages, so it is disabled."""


class Valkey(Server):
    """`with Valkey(directory) as server: server.url`. Database 0 is the default; there are 64 (`/1` … `/63`)."""

    name: ClassVar[str] = "Valkey"

    @property
    def url(self) -> str:
        """`redis://:password@127.0.0.1:port/0`."""
        return f"redis://:{self._password()}@127.0.0.1:{self.port}/0"

    def _command(self) -> list[str | Path]:
        configuration = self.directory / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(CONFIGURATION.format(port=self.port, password=self._password()))
        return [valkey_binary(), configuration.name]

    def _answers(self) -> bool:
        import redis  # Here: it takes as long as all else of a supervisor, which may watch other programs only.

        with redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2) as client:
            try:
                return bool(client.ping())
            except (redis.ConnectionError, redis.TimeoutError):
                return False
