"""`python -m benchmarks.mechanisms [--only NAME,...] [--rounds N] [--write PAGE]`: what is lost without each mechanism.

Every mechanism is switched off alone, and measured in turn with the whole application at the figures that it is for.
"""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import endpoints, filling, pages, ratios
from benchmarks.endpoints import FASTEST, Endpoint
from benchmarks.environment import COMMANDS, Environment, environment
from benchmarks.load import message
from benchmarks.mechanisms.switches import OFF, SWITCHES
from benchmarks.ratios import Ratio
from benchmarks.scenario import API, FRESH, Scenario, scenario
from benchmarks.stand_ins import stand_ins
from benchmarks.watching import Family
from benchmarks.workers import our_workers

FIGURES: Final = {
    "sessions opened": (
        "insert buffer",
        "one insert for all tables",
        "statements without a transaction",
        "on-its-way marks",
    ),
    "polls": ("statements without a transaction", "believed tokens", "rates in growing shares"),
    "webhooks taken in": ("statements without a transaction", "on-its-way marks"),
    "verify accepted": ("on-its-way marks",),
    "histories read": ("read-only COMMIT",),
    "payments verified": ("insert buffer", "one insert for all tables", "locked rows", "versioned bulk update"),
}
"""The figures, and the mechanisms that are for each."""

WORTH_IT: Final = 0.9
"""A mechanism stays if one of its figures falls below this share without it."""


@dataclass(frozen=True)
class Finding:
    """What remains of a figure (per second) without a mechanism, and the processor time of one, of that with it."""

    mechanism: str
    figure: str
    rate: Ratio
    processor: Ratio
    failures: int


def main() -> None:
    """Measure and print the table."""
    wanted = _arguments()
    found: list[Finding] = []
    with environment() as here, stand_ins(here) as faster:
        shown = scenario(faster)
        for figure, mechanisms in FIGURES.items():
            chosen = [name for name in mechanisms if name in wanted.only]
            if chosen and figure in wanted.figures:
                found += _measure(shown, figure, chosen, wanted)
                print(f"{figure}: {len(chosen)} mechanisms", flush=True)
    text = markdown(found, wanted.rounds)
    print(text)
    if wanted.write:
        pages.renew(wanted.write, "mechanisms", text)


def _measure(shown: Scenario, figure: str, mechanisms: Sequence[str], wanted: argparse.Namespace) -> list[Finding]:
    if figure == "payments verified":
        return _verified(shown.environment, mechanisms, wanted.rounds, wanted.payments)
    with ExitStack() as stack:
        served: list[Endpoint] = []
        for name in ("", *mechanisms):
            program = stack.enter_context(shown.environment.server("benchmarks.mechanisms.web:app", **{OFF: name}))
            served.append(_endpoint(shown, figure, name, program[0], Family(program[1].pid)))
        found = endpoints.in_turn(served, wanted.seconds, wanted.rounds)
    rates = {name: [one.sample.per_second for one in rounds] for name, rounds in found.items()}
    costs = {name: [one.processor_ms for one in rounds] for name, rounds in found.items()}
    failures = {name: sum(one.sample.failures for one in rounds) for name, rounds in found.items()}
    return [
        Finding(name, figure, ratios.of(rates[name], rates[""]), ratios.of(costs[name], costs[""]), failures[name])
        for name in mechanisms
    ]


def _endpoint(shown: Scenario, figure: str, name: str, address: str, family: Family) -> Endpoint:
    def verify(seconds: float) -> Sequence[bytes]:
        since, count = next(FRESH), int(seconds * FASTEST / 2)
        filling.checkouts(shown.environment.database, since, count)
        return shown.verify(since, count)

    requests = {
        "sessions opened": lambda seconds: shown.opening(shown.endless, int(seconds * FASTEST)),
        "webhooks taken in": lambda seconds: shown.webhooks(int(seconds * FASTEST)),
        "verify accepted": verify,
        "polls": shown.poll(),
        "histories read": [message("GET", f"{API}/me/payments", token=token) for token in shown.tokens],
    }
    return Endpoint(name, address, family, requests[figure])


def _verified(here: Environment, mechanisms: Sequence[str], rounds: int, payments: int) -> list[Finding]:
    command = COMMANDS["worker"].replace("celery_worker.celery", "benchmarks.mechanisms.worker.celery")
    subjects = {
        name: partial(our_workers, here.on(**{OFF: name}), 2, payments, command=command) for name in ("", *mechanisms)
    }
    found = ratios.interleaved(subjects, rounds)

    def of(name: str, what: str) -> Ratio:
        return ratios.of([row[what] for row in found[name]], [row[what] for row in found[""]])

    return [
        Finding(name, "payments verified", of(name, "per_second"), of(name, "processor_ms"), 0) for name in mechanisms
    ]


def markdown(found: Sequence[Finding], rounds: int) -> str:
    """The table, mechanism by mechanism."""
    lines = [
        f"Measured on {date.today():%Y-%m-%d} in {rounds} rounds: what is left of the figure when the mechanism alone"
        " is switched off (median, and the interval of 90 %), and the processor time of web or workers for each.",
        "",
        "| mechanism | figure | left without it | | processor time | earns 10 % |",
        "|---|---|---:|---|---:|---|",
    ]
    for name in SWITCHES:
        for one in (finding for finding in found if finding.mechanism == name):
            low, high = one.rate.interval
            failed = f"; {one.failures} requests failed" if one.failures else ""
            worth = "yes" if one.rate.median < WORTH_IT else "no"
            cells = name, one.figure, f"{one.rate.median:.2f}", f"{low:.2f} to {high:.2f}{failed}"
            lines.append(f"| {' | '.join(cells)} | {one.processor.median:.2f} × | {worth} |")
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mechanisms", description=__doc__)
    parser.add_argument("--only", type=_names, default=set(SWITCHES), help=f"of: {', '.join(SWITCHES)}")
    parser.add_argument("--figures", type=_names, default=set(FIGURES), help=f"of: {', '.join(FIGURES)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="of one round of an endpoint")
    parser.add_argument("--payments", type=int, default=3000, help="of one round of the workers")
    parser.add_argument("--write", type=Path, help="renew the table in this page")
    wanted = parser.parse_args()
    if unknown := (wanted.only - set(SWITCHES)) | (wanted.figures - set(FIGURES)):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return wanted


def _names(given: str) -> set[str]:
    return {name.strip() for name in given.split(",")}


if __name__ == "__main__":
    main()
