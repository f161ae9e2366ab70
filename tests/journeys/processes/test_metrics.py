"""Any web process answers `/metrics` for all of them; worker and beat answer on their own ports."""

import os
import signal
import tempfile
from pathlib import Path

import psutil
import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.journeys.processes.buyer import Buyer
from tests.system import System
from tests.waiting import until

ROUTE = "/healthz"


def samples(address: str) -> dict[str, float]:
    """Samples by name, each the sum over all labels, of one scrape."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(requests.get(address, timeout=20).text):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0) + sample.value
    return found


def asked(system: System, times: int = 0) -> float:
    """How many requests for ROUTE the web has counted, after so many more. Each comes over a connection of its own, so
    that several processes answer."""
    for _ in range(times):
        requests.get(system.url + ROUTE, timeout=20)
    text = requests.get(f"{system.url}/metrics", timeout=20).text
    families = text_string_to_metric_families(text)
    wanted = [sample for family in families for sample in family.samples if sample.labels.get("route") == ROUTE]
    return sum(sample.value for sample in wanted if sample.name == "pitturu_http_requests_total")


def web(system: System) -> psutil.Process:
    """Gunicorn's master."""
    masters = [one for one in psutil.Process().children() if "gunicorn.conf.py" in one.cmdline()]
    assert len(masters) == 1
    return masters[0]


def test_every_process_answers_for_all(system: System) -> None:
    before = asked(system)

    assert asked(system, times=20) == before + 20
    assert {asked(system) for _ in range(10)} == {before + 20}


def test_files_of_counters_have_their_space_from_the_beginning(system: System) -> None:
    """They are mapped into memory. Once the file system was full, a new page would kill the worker by SIGBUS."""
    pattern = f"pitturu-metrics-{web(system).pid}-*/*.db"
    files = [file for home in ("/dev/shm", tempfile.gettempdir()) for file in Path(home).glob(pattern)]

    assert len(files) >= 2 * 3
    assert min(file.stat().st_blocks * 512 for file in files) >= 2**20


def test_counters_go_on_after_a_worker_was_killed_and_after_a_reload(system: System) -> None:
    before, master = asked(system, times=5), web(system)
    victim = master.children()[0]
    victim.kill()
    until(lambda: victim.pid not in [one.pid for one in master.children()], "the killed worker is gone")
    until(lambda: len(master.children()) == 2, "another worker runs")
    after = asked(system, times=5)
    assert after >= before + 5

    old = {one.pid for one in master.children()}
    os.kill(master.pid, signal.SIGHUP)
    until(lambda: not old & {one.pid for one in master.children()}, "all workers were replaced")
    assert asked(system, times=5) >= after + 5
    connections = samples(f"{system.url}/metrics")["pitturu_database_pool_connections"]
    assert connections == 2 * (10 + 10), "the pools of ended workers still count"


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_worker_and_beat_answer_themselves(system: System, buyer: Buyer, name: str) -> None:
    buyer.prepared()
    address = f"http://127.0.0.1:{system.environment.metrics_ports[name]}/metrics"
    found = samples(address)

    assert found["process_resident_memory_bytes"] > 0
    assert "pitturu_due_rows" not in found
    if name == "worker":
        assert found["pitturu_tasks_total"] > 0
        assert found["pitturu_portone_calls_total"] > 0
        assert found["pitturu_batch_rows_count"] > 0
