"""Checks of servers that are not started here: reachability and version."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis

from devstack.errors import StartError
from pitturu.redis_client import connect

TIMEOUT = 5
"""Seconds to connect and to answer."""
POSTGRES = 14
REDIS, VALKEY = (6, 2), (7, 2)


def check_postgres(url: str) -> None:
    """Raises StartError unless `url` (DATABASE_URL) leads to a PostgreSQL of version 14 or newer."""
    libpq = "postgresql://" + url.partition("://")[2]  # libpq knows no driver names.
    try:
        with psycopg.connect(libpq, connect_timeout=TIMEOUT) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.Error as error:
        raise _unreachable("DATABASE_URL", url, error) from error
    if version < POSTGRES:
        raise StartError(f"DATABASE_URL leads to PostgreSQL {version}; use version {POSTGRES} or newer, or unset it.")


def check_redis(url: str) -> None:
    """Raises StartError unless `url` (REDIS_URL) leads to Redis 6.2, Valkey 7.2 or newer."""
    try:
        with connect(url, socket_connect_timeout=TIMEOUT, socket_timeout=TIMEOUT) as client:
            about = client.info("server")
    except (redis.RedisError, ValueError) as error:
        raise _unreachable("REDIS_URL", url, error) from error
    refuse_old_redis(about)


def refuse_old_redis(about: Mapping[str, Any]) -> None:
    """Raises StartError if the answer to INFO shows a version that is too old. Valkey reports both names."""
    kind, oldest = ("Valkey", VALKEY) if "valkey_version" in about else ("Redis", REDIS)
    said = str(about.get(f"{kind.lower()}_version", "0.0"))
    if tuple(int(part) for part in said.split(".")[:2]) < oldest:
        enough = ".".join(map(str, oldest))
        raise StartError(f"REDIS_URL leads to {kind} {said}; use version {enough} or newer, or unset it.")


def _unreachable(variable: str, url: str, error: Exception) -> StartError:
    """A one-line error, without the password that the address may contain."""
    place = urlsplit(url).netloc.rpartition("@")[2] or "its address"
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    return StartError(
        f"{variable} leads to {place}, which cannot be used: {reason}. Start that server, correct the address, "
        f"or unset {variable} to run one here."
    )
