"""Real servers for tests: one Postgres and one Valkey for the whole run, and private ones for fault injection.

A pytest plugin; tests/conftest.py names it in `pytest_plugins`. With xdist the first process starts the servers and
hands their addresses to the workers by environment; without xdist they start when first asked for. Set
TEST_DATABASE_URL or TEST_REDIS_URL to use a server that runs elsewhere; it must be one for tests only, because
databases are created and emptied there, by a superuser. The servers' data lies in memory where there is room, unless
TMPDIR is set.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql

from devstack import Postgres, Valkey

DATABASE_VARIABLE, REDIS_VARIABLE = "TEST_DATABASE_URL", "TEST_REDIS_URL"
DIRECTORY_VARIABLE = "TEST_DIRECTORY_OF_THE_RUN"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
"""The name of this process among the processes of the run: gw0, gw1, …"""

MEMORY, FREE_BYTES = Path("/dev/shm"), 2 * 1024**3
"""Linux keeps files in memory here. A container may have been given little of it, so this much has to be free."""

run = ExitStack()
"""What this process started for the whole run; closed when the session ends."""


@cache
def scratch_path() -> str:
    """Where the data of servers lies. Each Postgres makes and deletes a thousand files: seconds on some disks, a tenth
    of a second in memory."""
    try:
        roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > FREE_BYTES
    except OSError:
        roomy = False
    return str(MEMORY) if roomy and "TMPDIR" not in os.environ else tempfile.gettempdir()


def scratch_directory(name: str) -> "tempfile.TemporaryDirectory[str]":
    """A new directory there, deleted at the end. Any account can reach it, because Postgres never runs as root."""
    return tempfile.TemporaryDirectory(prefix=f"pitturu-{name}-", dir=scratch_path())


@contextmanager
def private_postgres() -> Iterator[Postgres]:
    """A Postgres of one's own, to kill and restart. Fast, not durable against power loss; survives `kill()`."""
    with scratch_directory("postgres") as directory, Postgres(directory, durable=False) as it:
        yield it


@contextmanager
def private_valkey() -> Iterator[Valkey]:
    """A Valkey of one's own, to kill, flush and restart."""
    with scratch_directory("valkey") as directory, Valkey(directory) as it:
        yield it


def server_url() -> str:
    """The address of this run's Postgres, started now if need be. Its user is a superuser."""
    if DATABASE_VARIABLE not in os.environ:
        _publish(DATABASE_VARIABLE, run.enter_context(private_postgres()).url)
    return os.environ[DATABASE_VARIABLE]


def queue_url() -> str:
    """The address of this run's Valkey, started now if need be."""
    if REDIS_VARIABLE not in os.environ:
        _publish(REDIS_VARIABLE, run.enter_context(private_valkey()).url)
    return os.environ[REDIS_VARIABLE]


def directory_of_the_run() -> str:
    """A directory that all processes of this run share, deleted at its end."""
    if DIRECTORY_VARIABLE not in os.environ:
        _publish(DIRECTORY_VARIABLE, run.enter_context(scratch_directory("run")))
    return os.environ[DIRECTORY_VARIABLE]


def create_database(name: str, template: str | None = None) -> str:
    """Create database `name`, as a copy of `template` if given (with nobody connected); returns its URL."""
    pattern = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _administer(pattern.format(sql.Identifier(name), sql.Identifier(template or "template0")))
    return _with_path(server_url(), name)


def drop_database(name: str) -> None:
    """Drop database `name` if it exists, sending away whoever is connected to it."""
    _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def fresh_database(template: str | None = None) -> Iterator[str]:
    """The URL of a new database, dropped afterwards."""
    name = f"test_{WORKER}_{secrets.token_hex(4)}"
    try:
        yield create_database(name, template)
    finally:
        drop_database(name)


@contextmanager
def one_after_the_other(key: int) -> Iterator[set[str]]:
    """Whatever processes of the run do under this key happens one after the other; gives the names of all databases."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [key])
        yield {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def rename_database(name: str, becomes: str) -> None:
    """Give a database another name; nobody may be connected to it."""
    _administer(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(becomes)))


@pytest.fixture(scope="session")
def redis_url() -> str:
    """An empty Redis database for this process of the test run. Database 0 is left alone."""
    url = _with_path(queue_url(), str(1 + int(WORKER.removeprefix("gw"))))
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start both servers before xdist starts its workers, which inherit the environment."""
    if getattr(session.config.option, "numprocesses", None) and not session.config.option.collectonly:
        directory_of_the_run()
        server_url()
        queue_url()


def pytest_sessionfinish() -> None:
    """Stop what this process started."""
    run.close()


def _publish(variable: str, value: str) -> None:
    os.environ[variable] = value
    run.callback(os.environ.pop, variable)


def _administer(statement: sql.Composed) -> None:
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(statement)


def _with_path(url: str, path: str) -> str:
    """`url` with another database name or number."""
    address, _, options = url.partition("?")
    base = address.rsplit("/", 1)[0] if address.count("/") > 2 else address
    return f"{base}/{path}" + (f"?{options}" if options else "")
