"""How many connections are in use, and who waits for one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pitturu.config.settings import Settings
from pitturu.store import engines
from tests.counting import counted, value
from tests.waiting import until

POOL = "pitturu_database_pool_"


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine with one connection."""
    small = replace(settings, database_pool=1)
    engine = engines.autocommit_engine(settings.sqlalchemy_url, small, "tested", pool_timeout=0.2)
    yield engine
    engine.dispose()


def test_connections_in_use_are_counted(engine: Engine) -> None:
    assert value(f"{POOL}connections", pool="tested") == 1
    with engine.connect():
        assert value(f"{POOL}checked_out", pool="tested") == 1
    assert value(f"{POOL}checked_out", pool="tested") == 0


def test_a_lost_connection_is_not_in_use_any_more(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.invalidate()

    assert value(f"{POOL}checked_out", pool="tested") == 0


def test_a_wait_without_success_is_counted(engine: Engine) -> None:
    with counted(f"{POOL}timeouts_total", pool="tested") as timeouts, engine.connect(), pytest.raises(PoolTimeout):
        engine.connect()

    assert timeouts.moved == 1
    assert value(f"{POOL}waiting", pool="tested") == 0


def test_who_waits_is_counted_meanwhile(settings: Settings) -> None:
    small = replace(settings, database_pool=1)
    engine = engines.autocommit_engine(settings.sqlalchemy_url, small, "tested", pool_timeout=60)
    with ThreadPoolExecutor(1) as threads:
        with engine.connect():
            other = threads.submit(engine.connect)
            until(lambda: value(f"{POOL}waiting", pool="tested") == 1, "a thread waits")
        other.result().close()

    assert value(f"{POOL}waiting", pool="tested") == 0
    engine.dispose()
