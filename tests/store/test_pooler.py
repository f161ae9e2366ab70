"""The application behind a real PgBouncer in transaction mode."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from devstack.account import lent_account
from devstack.ports import free_port
from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store import engines
from tests.fake_portone import PortOne
from tests.servers import fresh_database
from tests.shop import Shop
from tests.values import settings_for
from tests.waiting import until

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")

CONFIGURATION = """\
[databases]
* = host={host} port={port} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
auth_type = any
pool_mode = transaction
default_pool_size = 2
unix_socket_dir =
"""
"""Two server connections for all clients, so that clients share them."""

DISCONNECT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
"""Settings of a database apply to new connections only, and PgBouncer keeps the old ones."""

needs_pgbouncer = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed: apt-get install pgbouncer")


@pytest.fixture(scope="module")
def bouncer(postgres_url: str) -> Iterator[str]:
    """The address of a PgBouncer, to which a database name is to be appended."""
    server, port = urlsplit(postgres_url), free_port()
    account = lent_account()
    with tempfile.TemporaryDirectory(prefix="pitturu-bouncer-") as directory:
        place = Path(directory, "pgbouncer.ini")
        where = {"host": server.hostname, "port": server.port, "user": server.username, "password": server.password}
        place.write_text(CONFIGURATION.format(**where, own_port=port))
        if account:
            os.chmod(directory, 0o711)
            os.chown(place, account.pw_uid, account.pw_gid)
        who = {"user": account.pw_uid, "group": account.pw_gid} if account else {}
        process = subprocess.Popen([str(PROGRAM), "-q", str(place)], stderr=subprocess.DEVNULL, **who)
        try:
            address = f"postgresql://{server.username}@127.0.0.1:{port}"
            until(lambda: _answers(f"{address}/{server.path.strip('/')}"), "PgBouncer answers")
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


@pytest.fixture
def pooled(settings: Settings, bouncer: str) -> Iterator[Flask]:
    """An app on a database of its own, behind PgBouncer from the migrations on."""
    with fresh_database() as url:
        app = create_app(
            replace(settings, database_url=f"{bouncer}{urlsplit(url).path}", database_pooler="transaction")
        )
        with app.app_context():
            upgrade()
        yield app
        with app.app_context():
            db.engine.dispose()


@needs_pgbouncer
def test_a_purchase_behind_a_pgbouncer(pooled: Flask, portone: PortOne) -> None:
    portone.wipe()
    shop = Shop(pooled, portone)
    session = shop.paid(shop.item(price=4_000), user="hana", quantity=2)
    cancel = {"quantity": 1, "reason": "하나 빼고"}
    path = f"/payments/{shop.session(session)['payment_id']}/cancel"
    assert shop.post(path, cancel, key="once") == shop.post(path, cancel, key="once")
    shop.drain()
    assert shop.payment(session)["cancelled_amount"] == 4_000
    shop.balance()


@needs_pgbouncer
def test_a_warning_is_logged_if_the_role_has_no_timeouts(
    pooled: Flask, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    def connect_anew() -> list[str]:
        caplog.clear()
        with create_app(services_of(pooled).settings).app_context():
            db.session.execute(text("SELECT 1"))
            db.engine.dispose()
        return [record.message for record in caplog.records if record.name == engines.__name__]

    assert connect_anew() == ["no_statement_timeout"]
    with pooled.app_context():
        name = db.session.scalar(text("SELECT current_database()"))
        for limit in engines.TIMEOUTS.replace("-c ", "").split():
            db.session.execute(text(f"ALTER DATABASE {name} SET {limit}"))
        db.session.commit()
    psycopg.connect(postgres_url, autocommit=True).execute(DISCONNECT, [name]).connection.close()
    assert connect_anew() == []


@needs_pgbouncer
def test_clients_that_share_connections_use_no_prepared_statements(pooled: Flask) -> None:
    """psycopg would prepare a statement that it has executed five times, which another server connection lacks."""

    def ask(number: int) -> int:
        with pooled.app_context(), db.engine.connect() as connection:
            return sum(connection.scalar(text("SELECT :n"), {"n": number}) or 0 for _ in range(20))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(40))) == [20 * number for number in range(40)]


def test_connect_args_with_and_without_pgbouncer() -> None:
    behind = engines.options(settings_for(database_pooler="transaction"))["connect_args"]
    assert behind["prepare_threshold"] is None
    assert "options" not in behind
    alone = engines.options(settings_for())["connect_args"]
    assert "prepare_threshold" not in alone
    assert alone["options"] == engines.TIMEOUTS
    assert alone.keys() - {"options"} == behind.keys() - {"prepare_threshold"}
