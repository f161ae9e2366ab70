"""Nothing outlives a supervisor that was killed."""

import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from devstack import Postgres
from tests.devstack.supervised import ROOT, SERVE, scene

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's end")

HOLD = """
import signal, sys
from devstack import Postgres
with Postgres(sys.argv[1], durable=False) as server:
    print(server.url, flush=True)
    signal.pause()
"""


def test_children_of_a_killed_supervisor_end() -> None:
    with scene(web=SERVE) as play:
        play.until("web       | up")
        children = psutil.Process(play.process.pid).children(recursive=True)
        play.process.kill()
        _, alive = psutil.wait_procs(children, timeout=30)

        assert children
        assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []


def test_a_database_whose_owner_was_killed_starts_again_at_once(directory: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(directory)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as owner:
        url = owner.stdout.readline().strip() if owner.stdout else ""
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE notes AS SELECT 'kept' AS text")
        owner.kill()

    with Postgres(directory, durable=False) as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT text FROM notes").fetchone() == ("kept",)
