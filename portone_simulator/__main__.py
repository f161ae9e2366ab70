"""`python -m portone_simulator`: run the simulator until SIGTERM or Ctrl-C."""

import argparse
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from marshmallow import ValidationError

from portone_simulator.server import Running, Simulator

SWITCHES = {
    "webhook_url": "SIMULATOR_WEBHOOK_URL",
    "imp_key": "PORTONE_API_KEY",
    "imp_secret": "PORTONE_API_SECRET",
    **{
        name: f"PORTONE_{name.upper()}"
        for name in ("inicis_api_key", "v2_api_secret", "v2_store_id", "v2_webhook_secrets")
    },
}
"""The switches of the account and of its webhooks, and the variable that a shop has the same value in."""


def options(arguments: Sequence[str], environ: Mapping[str, str]) -> argparse.Namespace:
    """The command line; options that are omitted come from the environment."""
    parser = argparse.ArgumentParser(
        prog="python -m portone_simulator", description="A simulator of PortOne for tests."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=_port, default=environ.get("SIMULATOR_PORT") or 9090, help="SIMULATOR_PORT")
    for name, variable in SWITCHES.items():
        parser.add_argument(f"--{name.replace('_', '-')}", default=environ.get(variable), help=variable)
    parser.add_argument(
        "--data", type=Path, default=environ.get("SIMULATOR_DATA"), help="file that keeps payments; SIMULATOR_DATA"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Serve until a signal; returns the exit status."""
    wanted = options(arguments, environ)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        running = _start(wanted)
    except (OSError, ValidationError, sqlite3.Error) as problem:
        sys.stderr.write(f"The simulator cannot run on {wanted.host}:{wanted.port}: {problem}\n")
        return 1
    sys.stdout.write(f"The PortOne simulator is ready at {running.url}\n")
    sys.stdout.flush()
    stop.wait()
    running.close()
    return 0


def _port(given: str) -> int:
    number = int(given)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is no port; choose one up to 65535, or 0 for any free one")
    return number


def _start(wanted: argparse.Namespace) -> Running:
    switches = {name: value for name in SWITCHES if (value := getattr(wanted, name))}
    return Simulator(data=wanted.data, **switches).serve(wanted.host, wanted.port)


if __name__ == "__main__":
    status = main(sys.argv[1:], os.environ)
    sys.stdout.flush()
    os._exit(status)  # Threads that still wait for a shop's response must not delay the exit.
