"""A worker that receives no messages ends itself, is restarted, and payments continue."""

import signal
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest
import redis

from devstack.console import Console
from devstack.plan import procfile
from devstack.program import Program
from devstack.supervisor import Watch
from tests.journeys.processes.buyer import Buyer
from tests.journeys.processes.consistency import quiet
from tests.system import CHECKOUT, System
from tests.waiting import until


@pytest.fixture
def watch(system: System) -> Iterator[Watch]:
    """The only worker is one that can be made unresponsive, under a supervisor."""
    system.stop("worker")
    command = procfile(CHECKOUT / "Procfile")["worker"].replace(
        "celery_worker.celery", "tests.journeys.processes.unresponsive_worker"
    )
    environment = replace(system.environment, environ=system.environment.environ | {"WORKER_SILENCE": "2"})
    console = Console(system.log)
    worker = Program("worker", ["sh", "-c", f"exec {command}"], environment.environ, CHECKOUT, console)
    watch = Watch(worker, console, 0.1)
    watch.start()
    yield watch
    worker.kill()


def test_a_silent_worker_is_replaced_and_payments_go_on(system: System, buyer: Buyer, watch: Watch) -> None:
    buyer.paid()
    place = system.end_of_log()
    family = psutil.Process().children(recursive=True)
    (deaf,) = [process for process in family if "tests.journeys.processes.unresponsive_worker" in process.cmdline()]

    deaf.send_signal(signal.SIGUSR2)
    session = buyer.open()
    until(lambda: watch.look() or not deaf.is_running(), "the silent worker ends")

    until(lambda: "worker ended with exit status" in system.said_since(place), "its supervisor has seen it")
    said = system.said_since(place)
    assert '"event": "silent"' in said
    assert "worker ended with exit status 1; starting it again" in said
    with redis.Redis.from_url(system.environment.environ["REDIS_URL"]) as memory:
        # The queue to which the pings went is gone in minutes; a binding of it would stay for ever.
        assert memory.keys("*binding*worker:*") == []
        assert {memory.ttl(key) > 0 for key in memory.keys("*worker:*")} <= {True}
    until(lambda: watch.look() or buyer.session(session)["status"] == "prepared", "its successor works")
    buyer.verify(session, buyer.pay(session))
    buyer.wait_for(session, "paid")
    quiet(system)  # The worker is killed next; what it holds then would wait for the end of its lease.
