"""Starts the stand-ins for both generations of PortOne, which return the simulator's answers after 200 ms."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import Any, Final

import psycopg
import requests

from benchmarks import portone, portone_v2
from benchmarks.environment import Environment, wait_for
from devstack.ports import free_port, is_free

LATENCY: Final = 0.2
"""Seconds that PortOne takes for an answer."""


@contextmanager
def stand_ins(here: Environment) -> Iterator[Environment]:
    """The environment with both of them in place of the simulator."""
    with psycopg.connect(here.database) as connection:
        row = connection.execute("SELECT price FROM items WHERE stock IS NULL ORDER BY name LIMIT 1").fetchone()
    price = int(row[0]) if row else 0
    keys = here.environ["PORTONE_API_KEY"], here.environ["PORTONE_API_SECRET"]
    first = portone.record(here.simulator, *keys, price)
    second = portone_v2.record(here.simulator, here.environ["PORTONE_V2_API_SECRET"], price)
    with ExitStack() as stack:
        urls = {
            "PORTONE_BASE_URL": stack.enter_context(_serving(here, "portone", first)),
            "PORTONE_V2_BASE_URL": stack.enter_context(_serving(here, "portone_v2", second)),
        }
        yield here.on(**urls)


def calls(here: Environment, generation: str) -> int:
    """How many calls PortOne has been asked for so far, tokens excluded."""
    url = here.environ["PORTONE_V2_BASE_URL" if generation == "v2" else "PORTONE_BASE_URL"]
    answer: dict[str, int] = requests.get(f"{url}/calls", timeout=30).json()
    return sum(answer.values())


def answer(here: Environment, status: str) -> None:
    """From now on V2's payments are `ready` or `paid`; those of V1 are always paid."""
    requests.get(f"{here.environ['PORTONE_V2_BASE_URL']}/{status}", timeout=30).raise_for_status()


@contextmanager
def _serving(here: Environment, module: str, recording: Any) -> Iterator[str]:
    file = here.directory / f"{module}.json"
    file.write_text(json.dumps(asdict(recording)))
    port = free_port()
    with here.program(module, f'python -m benchmarks.{module} --port {port} --latency {LATENCY} < "{file}"'):
        wait_for(lambda: not is_free(port), f"the stand-in {module}")
        yield f"http://127.0.0.1:{port}"
