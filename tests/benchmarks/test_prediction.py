"""What the model says of measured points, and how the tables show it."""

import pytest

from benchmarks.scale.model import KINDS, Purchase
from benchmarks.scale.prediction import checked, markdown
from benchmarks.scale.steps import Point

COSTS = {"web": 5.0, "Postgres": 1.0, "Redis": 0.5, "load": 1.5}
POLLS = [Point("poll", 1, 200.0, COSTS, 10.0), Point("poll", 4, 200.0, {"web": 9.0}, 12.0)]
VERIFIED = [Point("payment verified", 2, 400.0, {"workers": 2.0, "Postgres": 0.5})]


def test_the_costs_of_the_fewest_processes_are_used_for_all() -> None:
    one, four = checked(POLLS, cores=2)

    assert one.per_second == pytest.approx(200)
    assert four.per_second == pytest.approx(250)
    assert (one.error, four.error) == (pytest.approx(0), pytest.approx(0.25))


def test_the_mean_answer_is_work_and_queue() -> None:
    one, _ = checked(POLLS, cores=2)

    assert one.half_ms == pytest.approx(5 + 1 + 0.5 + 5)


def test_workers_are_limited_by_calls_too() -> None:
    (two,) = checked(VERIFIED, cores=32)

    assert two.per_second == pytest.approx(1000)
    slow = [Point("payment verified", 2, 400.0, {"workers": 0.1})]
    assert checked(slow, cores=32)[0].per_second == pytest.approx(1500)


def test_every_table_has_its_rows() -> None:
    purchase = Purchase(dict.fromkeys(KINDS, 0.01), 2.0, 0.2)

    text = markdown(POLLS, checked(POLLS, cores=2), {"v1": purchase, "v2": purchase})

    assert "| poll | 4 | 250 | 200 | +25% |" in text
    assert "| 10,000 | 125 | 125 | 125 | 10000%: too much | 20,000 | 4,000 |  |" in text
    assert "calls 500" in text
