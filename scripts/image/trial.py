"""Runs the processes of a built root like containers of it: read-only, as its user, from migration to SIGTERM."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import psycopg

from devstack import Postgres, Valkey
from devstack.plan import procfile
from devstack.ports import free_port
from scripts.image import roots
from scripts.image.dockerfile import ROOT

if TYPE_CHECKING:
    from scripts.image.__main__ import Stage

WITHIN: Final = 60.0
"""Seconds until a process answers, and until it has ended."""
SETTINGS: Final = {
    "PITTURU_ENV": "development",
    "SECRET_KEY": "k" * 40,
    "JWT_SECRET_KEY": "j" * 40,
    "PORTONE_API_KEY": "key",
    "PORTONE_API_SECRET": "secret",
    "PORTONE_USER_CODE": "imp00000000",
    "PORTONE_ENVIRONMENT": "test",
    "PORTONE_INICIS_API_KEY": "none",
    "BIND_HOST": "127.0.0.1",
    "SWEEP_INTERVAL": "1",
}


def try_out(stage: Stage) -> int:
    """Start release, web, worker and beat, look whether they live, and end them. Returns the exit status."""
    with tempfile.TemporaryDirectory() as one, Postgres(one) as postgres, Valkey(f"{one}-v") as valkey:
        own = {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url, "PORT": str(free_port())}
        environ = stage.environ | SETTINGS | own

        def start(command: list[str]) -> subprocess.Popen[bytes]:
            words = roots.command(stage.root, command, environ, stage.directory, stage.user, sealed=True)
            return subprocess.Popen(words)

        def succeeds(command: list[str]) -> bool:
            return start(command).wait(WITHIN) == 0

        results = {
            "no pip and no compiler in the last stage": not any(
                (stage.root / name).exists() for name in ("usr/bin/pip", "usr/bin/gcc", "opt/pitturu/bin/pip")
            ),
            "release": succeeds(["sh", "-c", procfile(ROOT / "Procfile")["release"]]),
            "the command pitturu": succeeds(["pitturu", "audit"]),
            "nothing else can be written": not succeeds(["touch", "/srv/pitturu/x"]),
        }
        results |= _processes(stage, start, succeeds, postgres.url)
    for name, well in results.items():
        print(f"{'ok  ' if well else 'FAIL'} {name}", file=sys.stderr)
    return 0 if all(results.values()) else 1


def _processes(
    stage: Stage, start: Callable[[list[str]], subprocess.Popen[bytes]], succeeds: Callable[[list[str]], bool], url: str
) -> dict[str, bool]:
    commands = procfile(ROOT / "Procfile")
    running = {"web": start(json.loads(stage.command))}
    for name in ("worker", "beat"):
        running[name] = start(["sh", "-c", f"exec {commands[name]}"])
    try:
        results = {
            "HEALTHCHECK passes": _until(lambda: succeeds(json.loads(stage.check))),
            "worker and beat report themselves": _until(lambda: _reported(url)),
            "they run as 10001": all(os.stat(f"/proc/{one.pid}").st_uid == 10001 for one in running.values()),
        }
        for name, process in running.items():
            process.send_signal(signal.SIGTERM)
            results[f"{name} ends with 0 after SIGTERM"] = process.wait(WITHIN) == 0
        return results
    finally:
        for process in running.values():
            process.kill()


def _until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WITHIN
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return met


def _reported(url: str) -> bool:
    with psycopg.connect(url) as connection:
        names = [name.partition(":")[0] for (name,) in connection.execute("SELECT name FROM heartbeats")]
    return {"worker", "beat"} <= set(names)
