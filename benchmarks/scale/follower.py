"""A streaming replica of the environment's Postgres: reading histories from it, and its failure."""

import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final
from urllib.parse import urlsplit

import psycopg

from benchmarks.endpoints import FASTEST
from benchmarks.environment import COMMANDS, Environment, wait_for
from benchmarks.figures import Sample
from benchmarks.load import message, saturated
from benchmarks.scale import spending
from benchmarks.scenario import API, scenario
from devstack.account import lent_account
from devstack.binaries import postgres_binaries
from devstack.ports import free_port

MANNER: Final = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=400", "timezone=UTC")
DELAY: Final = "SELECT extract(epoch FROM replay_lag) FROM pg_stat_replication"


def measure(here: Environment, seconds: float) -> None:
    """Histories per second without and with the replica, the replication delay, and histories after its failure."""
    shown = scenario(here)
    histories = [message("GET", f"{API}/me/payments", token=token) for token in shown.tokens]
    openings = shown.opening(shown.endless, int(seconds * FASTEST))

    def round_(name: str, address: str) -> None:
        saturated(address, histories, 0.5)
        before = spending.spent()
        sample = saturated(address, histories, seconds)
        costs = spending.in_words(before, spending.spent(), sample.answers)
        print(f"{name:24} {sample.per_second:6,.0f} histories/s, {sample.failures} failed; each costs {costs}")

    beat = here.directory / "beat"
    with here.program("worker", COMMANDS["worker"]), here.program("beat", COMMANDS["beat"], BEAT_SCHEDULE=str(beat)):
        with here.server() as (address, _):
            round_("without a follower", address)
        with _following(here) as (url, process), here.server(DATABASE_REPLICA_URL=url) as (address, _):
            round_("with a follower", address)
            with ThreadPoolExecutor(1) as load:
                delay = _longest_delay(here, load.submit(saturated, address, openings, seconds, once=True))
            print(f"while sessions were opened at full speed it was {delay * 1000:.1f} ms behind at the most")
            process.kill()
            process.wait()
            round_("with a dead follower", address)


@contextmanager
def _following(here: Environment) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of the replica and its process."""
    account, server, port = lent_account(), urlsplit(here.database), free_port()
    place = Path(mkdtemp(prefix="pitturu-follower-"))
    who = {"user": account.pw_uid, "group": account.pw_gid} if account else {}
    if account:
        os.chown(place, account.pw_uid, account.pw_gid)
    binaries = postgres_binaries(account, place)
    # Streaming requires a line of its own in pg_hba.conf; the embedded server's line for its user does not cover it.
    copy = [binaries / "pg_basebackup", "-d", here.database, "-D", place / "data", "-R", "-X", "stream", "-c", "fast"]
    subprocess.run(copy, check=True, **who)
    manner = [part for setting in MANNER for part in ("-c", setting)]
    command = [binaries / "postgres", "-D", place / "data", "-p", str(port), *manner]
    with (here.directory / "follower.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, **who)
    try:
        url = f"postgresql://{server.username}:{server.password}@127.0.0.1:{port}{server.path}"
        wait_for(lambda: _answers(url), "the follower")
        yield url, process
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def _longest_delay(here: Environment, load: Future[Sample]) -> float:
    """The largest replication delay in seconds until the load ends."""
    longest = 0.0
    with psycopg.connect(here.database, autocommit=True) as connection:
        while not load.done():
            row = connection.execute(DELAY).fetchone()
            longest = max(longest, float(row[0] or 0) if row else 0)
            time.sleep(0.1)
    return longest
