"""`python -m benchmarks.scale [WHAT] [OPTIONS]`; `--help` lists the measurements. The first one is `model`."""

import argparse
import sys
from pathlib import Path

from benchmarks.environment import Environment, environment
from benchmarks.scale import failover, follower, partitions, prediction


def main() -> None:
    """Run the measurement that was selected and print its result."""
    wanted = _arguments()
    with environment() as here:
        measure(here, wanted)


def measure(here: Environment, wanted: argparse.Namespace) -> None:
    """The result of the selected measurement."""
    match wanted.subject:
        case "model":
            prediction.measure(here, wanted)
        case "replica":
            follower.measure(here, wanted.seconds)
        case "partitions":
            partitions.measure(here, wanted.rows)
        case "failover":
            failover.behind_sentinels(here, wanted.seconds, wanted.buyers)
        case "broker":
            failover.through(here, wanted.url, wanted.seconds, wanted.buyers, wanted.interrupt, wanted.resume)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description="The effect of more machines.")
    subjects = parser.add_subparsers(dest="subject", required=True)
    model = subjects.add_parser("model", help="costs per kind of process, and how many of them a rate needs")
    replica = subjects.add_parser("replica", help="histories read from a streaming replica, running and failed")
    parts = subjects.add_parser("partitions", help="the timeline in one table and in twelve")
    dying = subjects.add_parser("failover", help="purchases during the failure of the master of Redis")
    other = subjects.add_parser("broker", help="purchases during an outage of a broker of your own")
    for one, seconds in ((model, 4), (replica, 5), (dying, 45), (other, 45)):
        one.add_argument("--seconds", type=float, default=seconds)
    model.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    model.add_argument("--payments", type=int, default=4000)
    model.add_argument("--rate", type=float, default=20, help="whole purchases per second while their cost is measured")
    model.add_argument("--write", type=Path, help="renew the tables in this page (docs/scale.md)")
    model.add_argument("--plots", type=Path, help="draw what saturates first into this folder (docs/plots)")
    for one in (dying, other):
        one.add_argument("--buyers", type=int, default=4)
    parts.add_argument("--rows", type=int, default=1_000_000)
    other.add_argument("--url", required=True, help="BROKER_URL")
    other.add_argument("--interrupt", default="true", help="a shell command that stops it after a third of the time")
    other.add_argument("--resume", default="true", help="and one that starts it again, a sixth later")
    return parser.parse_args(sys.argv[1:] or ["model"])


if __name__ == "__main__":
    main()
