"""Purchases during a failure of the broker: Redis with Sentinels, or the one in BROKER_URL."""

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Final

import psycopg

from benchmarks.environment import COMMANDS, Environment
from benchmarks.scale import buying
from benchmarks.scale.buying import Purchase
from benchmarks.scale.sentinels import watched

SILENCE: Final = "SELECT name, extract(epoch FROM now() - seen_at) FROM heartbeats ORDER BY name"


def behind_sentinels(here: Environment, seconds: float, buyers: int) -> None:
    """Kill the master after a third of the time; report the purchases before, during and after the failure."""
    with watched(here.directory) as rig:
        before = rig.master()

        def kill() -> tuple[float, float]:
            died = time.monotonic()
            rig.kill_master()
            while rig.master() == before:
                time.sleep(0.05)
            return died, time.monotonic()

        found, (died, back) = _buy(here.on(REDIS_URL=rig.url), seconds, buyers, kill)
    print(f"The master was killed; its follower was made master {back - died:.1f} s later.")
    _show(found, died, back)


def through(here: Environment, broker: str, seconds: float, buyers: int, interrupt: str, resume: str) -> None:
    """The same with an external broker, which two shell commands stop and, a sixth of the time later, start."""

    def stop_and_go() -> tuple[float, float]:
        died = time.monotonic()
        subprocess.run(interrupt, shell=True, check=True)
        time.sleep(seconds / 6)
        subprocess.run(resume, shell=True, check=True)
        return died, time.monotonic()

    found, (died, back) = _buy(here.on(BROKER_URL=broker), seconds, buyers, stop_and_go)
    print(f"The broker was away for {back - died:.1f} s.")
    _show(found, died, back)


def _buy(
    here: Environment, seconds: float, buyers: int, interrupt: Callable[[], tuple[float, float]]
) -> tuple[list[Purchase], tuple[float, float]]:
    """All purchases, and the beginning and end of `interrupt`, which is called after a third of the time."""
    with ExitStack() as stack:
        stack.enter_context(here.program("worker", COMMANDS["worker"]))
        stack.enter_context(here.program("beat", COMMANDS["beat"], BEAT_SCHEDULE=str(here.directory / "beat")))
        address = stack.enter_context(here.web())
        purchases = stack.enter_context(ThreadPoolExecutor(1)).submit(buying.buy, here, address, seconds, buyers)
        time.sleep(seconds / 3)
        moments = interrupt()
        found = purchases.result()
        with psycopg.connect(here.database) as connection:
            for name, silent in connection.execute(SILENCE).fetchall():
                print(f"{name} was last seen {silent:.0f} s before the end")
        return found, moments


def _show(found: list[Purchase], died: float, back: float) -> None:
    parts = {
        "before": [one for one in found if one.at < died - 1],
        "during": [one for one in found if died - 1 <= one.at < back + 3],
        "after": [one for one in found if one.at >= back + 3],
    }
    for name, purchases in parts.items():
        print(f"{name:7} {buying.in_words(purchases)}")
    if not all(one.paid for one in found):
        sys.exit("Not every purchase was finished.")
