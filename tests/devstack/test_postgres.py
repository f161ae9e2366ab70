"""The embedded Postgres survives what happens to servers."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from devstack import Postgres, StartError
from devstack.account import lent_account
from tests.servers import private_postgres


@pytest.fixture(scope="module")
def postgres(directory: Path) -> Iterator[Postgres]:
    """One server for this file; each test leaves it in a state from which it starts again."""
    with Postgres(directory) as server, psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE notes (text text)")
        connection.execute("INSERT INTO notes VALUES ('결제')")
        connection.commit()
        yield server


def ask(server: Postgres, question: str) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


@pytest.fixture
def stopped(postgres: Postgres) -> Iterator[Postgres]:
    """The server, stopped for the test."""
    postgres.stop()
    yield postgres
    postgres.start()


def test_it_is_durable_and_speaks_utf8(postgres: Postgres) -> None:
    assert ask(postgres, "SHOW fsync") == "on"
    assert ask(postgres, "SHOW server_encoding") == "UTF8"
    assert ask(postgres, "SELECT datcollate FROM pg_database WHERE datname = 'pitturu'") == "C"
    assert ask(postgres, "SHOW timezone") == "UTC"


def test_a_killed_server_comes_back_with_its_data_on_the_same_address(postgres: Postgres) -> None:
    address = postgres.url
    postgres.kill()
    postgres.start()

    assert postgres.url == address
    assert ask(postgres, "SELECT text FROM notes") == "결제"


def test_a_restart_keeps_data_and_address(postgres: Postgres) -> None:
    address = postgres.url
    postgres.restart()

    assert postgres.url == address
    assert ask(postgres, "SELECT text FROM notes") == "결제"


def test_another_start_of_a_running_server_changes_nothing(postgres: Postgres) -> None:
    began = ask(postgres, "SELECT pg_postmaster_start_time()")
    postgres.start()

    assert ask(postgres, "SELECT pg_postmaster_start_time()") == began


def test_only_the_password_opens_it(postgres: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.url, password="guessed")


def test_a_stale_pid_file_that_names_a_living_process_does_not_matter(stopped: Postgres, directory: Path) -> None:
    (directory / "data" / "postmaster.pid").write_text(f"{os.getppid()}\n{directory / 'data'}\n")
    stopped.start()

    assert ask(stopped, "SELECT text FROM notes") == "결제"


def test_data_of_another_major_version_is_refused_with_a_message(stopped: Postgres, directory: Path) -> None:
    version = directory / "data" / "PG_VERSION"
    ours = version.read_text()
    version.write_text("12\n")

    with pytest.raises(StartError, match="made by PostgreSQL 12"):
        stopped.start()

    version.write_text(ours)


def test_a_server_that_cannot_start_shows_the_end_of_its_log(stopped: Postgres, directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        other = Postgres(directory, port=taken.getsockname()[1])

        with pytest.raises(StartError, match="Address already in use"):
            other.start()


@pytest.fixture(scope="module")
def forgetful() -> Iterator[Postgres]:
    """One server as tests have it, for what concerns those only."""
    with private_postgres() as server:
        yield server


def test_a_killed_test_server_keeps_its_last_commit(forgetful: Postgres) -> None:
    with psycopg.connect(forgetful.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE promises AS SELECT 'kept' AS text")
    forgetful.kill()
    forgetful.start()

    assert ask(forgetful, "SELECT text FROM promises") == "kept"


def test_a_creation_cut_short_is_begun_again(forgetful: Postgres) -> None:
    forgetful.stop()
    place = forgetful.directory
    (place / "data").rename(place / "data.unfinished")
    (place / "data.unfinished" / "PG_VERSION").unlink()
    forgetful.start()

    assert ask(forgetful, "SHOW fsync") == "off"
    assert not (place / "data.unfinished").exists()


@pytest.mark.skipif(lent_account() is None, reason="only root cannot run Postgres as itself")
def test_root_may_keep_its_data_in_a_private_directory(directory: Path) -> None:
    hidden = directory / "hidden"
    hidden.mkdir(mode=0o700)

    with Postgres(hidden / "postgres", durable=False) as server:
        place = (hidden / "postgres" / "elsewhere").resolve()
        server.restart()
        used = ask(server, "SELECT current_setting('data_directory')")
    shutil.rmtree(place)

    assert used == str(place / "data")
    assert hidden not in place.parents
