"""`python -m benchmarks.scale WHAT [OPTIONS]`; `--help` lists what there is."""

import argparse

from benchmarks.scale import failover
from benchmarks.stage import stage


def main() -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    subjects = parser.add_subparsers(dest="subject", required=True)
    dying = subjects.add_parser("failover", help="purchases go on while the master of Redis dies")
    other = subjects.add_parser("broker", help="purchases through a broker of your own")
    other.add_argument("--url", required=True, help="BROKER_URL")
    other.add_argument("--interrupt", default="true", help="a shell command that stops it after a third of the time")
    other.add_argument("--resume", default="true", help="and one that starts it again, a sixth later")
    for one in (dying, other):
        one.add_argument("--seconds", type=float, default=45)
        one.add_argument("--buyers", type=int, default=4)
    wanted = parser.parse_args()
    with stage() as here:
        if wanted.subject == "failover":
            failover.behind_sentinels(here, wanted.seconds, wanted.buyers)
        else:
            failover.through(here, wanted.url, wanted.seconds, wanted.buyers, wanted.interrupt, wanted.resume)


if __name__ == "__main__":
    main()
