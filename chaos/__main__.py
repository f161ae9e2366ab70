"""`python -m chaos`, which is `make chaos`."""

import argparse
import signal
import sys
from pathlib import Path
from typing import Any

from chaos import report
from chaos.browser import Stopped
from chaos.pace import Pace
from chaos.plan import draw
from chaos.progress import Progress
from chaos.run import Run
from chaos.system import Size, StartError, whole_system

PLANTS = ("lock", "sweep", "retry")
LOST, INTERRUPTED = 1, 130
ENDINGS = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """Exit status: 0 when nothing was lost, 1 when something was, 130 when interrupted."""
    wanted = arguments()
    for number in ENDINGS:
        signal.signal(number, _interrupt)
    pace, size = Pace(wanted.ttl), Size(wanted.webs, wanted.workers, wanted.beats)
    usual = 0 if wanted.rolling else wanted.purchases // 100
    kills = usual if wanted.kills is None else wanted.kills
    plan = draw(wanted.seed, wanted.purchases, kills)
    try:
        with Progress() as progress, whole_system(pace, size, plant=wanted.plant, durable=not wanted.hasty) as system:
            run = Run(system, plan, pace, progress.show, rolling=wanted.rolling)
            result = run.play(wanted.buyers, wanted.timeout)
    except (Stopped, KeyboardInterrupt):
        print("Interrupted; all processes were stopped.", file=sys.stderr)
        return INTERRUPTED
    except StartError as error:
        print(error, file=sys.stderr)
        return LOST
    report.deliver(result, size, wanted.out)
    return 0 if result.lossless else LOST


def arguments() -> Any:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make chaos ARGS=...", description=sys.modules["chaos"].__doc__)
    number = _at_least(1)
    parser.add_argument("--purchases", type=_at_least(1, 100_000), default=2000, help="up to 100000 (default 2000)")
    parser.add_argument("--seed", type=int, default=1, help="equal seeds make equal plans (default 1)")
    parser.add_argument("--kills", type=_at_least(0), default=None, help="default: one for every 100 purchases")
    parser.add_argument("--buyers", type=number, default=64, help="concurrent buyers (default 64)")
    parser.add_argument("--webs", type=number, default=1, help="web servers, with two processes each (default 1)")
    parser.add_argument("--workers", type=number, default=1, help="worker processes (default 1)")
    parser.add_argument("--beats", type=number, default=1, help="beat processes (default 1)")
    parser.add_argument("--ttl", type=float, default=30, help="lifetime of a session in seconds (default 30)")
    parser.add_argument("--timeout", type=float, default=300, help="seconds for all work to end (default 300)")
    parser.add_argument(
        "--plant", type=_plants, default="", help=f"run with planted bugs ({', '.join(PLANTS)}); must fail"
    )
    parser.add_argument(
        "--rolling", action="store_true", help="replace all processes and migrate during the purchases; kill none"
    )
    parser.add_argument(
        "--hasty", action="store_true", help="run Postgres without fsync; its data survives kills of the process"
    )
    parser.add_argument("--out", type=Path, default=Path(".pitturu/chaos"), help="directory of the report")
    wanted = parser.parse_args()
    if wanted.rolling and wanted.kills:
        parser.error("--rolling kills nothing: leave --kills out")
    return wanted


def _at_least(least: int, most: int = 10**9) -> Any:
    def number(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"give a number between {least} and {most}")
        return value

    return number


def _plants(text: str) -> str:
    if unknown := set(text.split(",")) - {"", *PLANTS}:
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))} is none of {', '.join(PLANTS)}")
    return text


def _interrupt(_number: int, _frame: object) -> None:
    """Only the first signal counts: another one must not interrupt the cleanup."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
