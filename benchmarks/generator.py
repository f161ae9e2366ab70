"""`python -m benchmarks.generator`: reads a pickled Plan, writes pickled Samples. Started by `benchmarks.load`."""

import asyncio
import itertools
import pickle
import selectors
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Final

from benchmarks.figures import Sample
from benchmarks.lane import UNANSWERED, Lane
from benchmarks.load import WARM, Plan

LAST_ANSWERS: Final = 30.0
"""Seconds that the last requests may take; slower ones count as failed."""


def main() -> None:
    """Read the plan, measure, write the samples."""
    plan: Plan = pickle.load(sys.stdin.buffer)
    # epoll has a resolution of milliseconds; select accepts fractions of them, which exact start times require.
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    samples = loop.run_until_complete(measure(plan))
    sys.stdout.buffer.write(pickle.dumps(samples))


async def measure(plan: Plan) -> list[Sample]:
    """Open the connections, send the requests of the plan, wait for the last responses."""
    lanes = [Lane(address, _endless(plan, requests), time.perf_counter) for address, requests in plan.lanes]
    for lane in lanes:
        await lane.connect(plan.connections)
    begun = time.perf_counter()
    begin, end = begun + WARM, begun + WARM + plan.seconds
    await (_saturate(lanes, end) if plan.rate is None else _offer(lanes, plan.rate, begun, end))
    finished = min(time.perf_counter(), end)
    await _last_answers(lanes)
    return [_sample(lane, plan, begin, finished) for lane in lanes]


def _endless(plan: Plan, requests: Sequence[bytes]) -> Iterator[bytes]:
    return iter(requests) if plan.once else itertools.cycle(requests)


async def _saturate(lanes: list[Lane], end: float) -> None:
    for lane in lanes:
        lane.saturate()
    while time.perf_counter() < end and any(lane.under_way for lane in lanes):
        await asyncio.sleep(min(0.02, max(end - time.perf_counter(), 0)))


async def _offer(lanes: list[Lane], rate: float, begun: float, end: float) -> None:
    turns = itertools.cycle(lanes)
    for number in itertools.count():
        due = begun + number / rate
        if due >= end:
            return
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        if not next(turns).offer(due):
            return


async def _last_answers(lanes: list[Lane]) -> None:
    deadline = time.perf_counter() + LAST_ANSWERS
    for lane in lanes:
        lane.finish()
    while any(lane.under_way for lane in lanes) and time.perf_counter() < deadline:
        await asyncio.sleep(0.01)
    for lane in lanes:
        lane.close()


def _sample(lane: Lane, plan: Plan, begin: float, end: float) -> Sample:
    took, statuses = lane.between(begin, end, started=plan.rate is not None)
    statuses[UNANSWERED] += lane.under_way
    return Sample(took, +statuses, max(end - begin, 1e-9), lane.answers)


if __name__ == "__main__":
    main()
