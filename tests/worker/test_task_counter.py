"""Tasks, batches and calls to PortOne are counted while work is done."""

import pytest
from celery import Celery, signals

from pitturu.domain.jobs import JobName
from pitturu.worker.task_counter import TaskCounter
from tests.counting import counted
from tests.fake_portone import PortOne
from tests.shop import Shop


def test_tasks_are_counted_by_outcome_and_measured(celery: Celery, monkeypatch: pytest.MonkeyPatch) -> None:
    for signal in (signals.task_prerun, signals.task_postrun):
        monkeypatch.setattr(signal, "receivers", [])
    TaskCounter().listen()
    name = "pitturu_tasks_total"
    with (
        counted(name, task=JobName.VERIFY, outcome="ok") as good,
        counted(name, task=JobName.VERIFY, outcome="failed") as failed,
        counted("pitturu_task_duration_seconds_count", task=JobName.VERIFY) as measured,
    ):
        celery.tasks[JobName.VERIFY].apply()
        monkeypatch.setattr("pitturu.worker.runtime.Dispatcher.run", lambda _: 1 / 0)
        celery.tasks[JobName.VERIFY].apply()

    assert (good.moved, failed.moved, measured.moved) == (1, 1, 2)


def test_batches_are_counted_with_their_sizes(shop: Shop) -> None:
    name = "pitturu_batch_rows"
    for _ in range(3):
        shop.open(prepared=False)
    with (
        counted(f"{name}_sum", job=JobName.PREPARE, step="claimed") as claimed,
        counted(f"{name}_sum", job=JobName.PREPARE, step="committed") as committed,
        counted(f"{name}_count", job=JobName.VERIFY, step="claimed") as nothing,
    ):
        shop.drain()

    assert (claimed.moved, committed.moved, nothing.moved) == (3, 3, 0)


def test_calls_to_portone_are_counted_by_outcome(shop: Shop, portone: PortOne) -> None:
    shop.open()
    labels = {"generation": "v1", "call": "payments.prepare"}
    portone.faults({"kind": "status", "status": 503, "endpoint": "prepare.create", "times": 1})
    with (
        counted("pitturu_portone_calls_total", outcome="ok", **labels) as good,
        counted("pitturu_portone_calls_total", outcome="try_again", **labels) as bad,
        counted("pitturu_portone_call_duration_seconds_count", **labels) as measured,
    ):
        for user in ("jisu", "minjun"):
            shop.open(user=user, prepared=False)
            shop.drain()

    # The call that failed may be repeated by the second drain already.
    assert (bad.moved, good.moved) in ((1, 1), (1, 2))
    assert measured.moved == bad.moved + good.moved


def test_refused_keys_have_an_outcome_of_their_own(shop: Shop, portone: PortOne) -> None:
    shop.open()
    portone.faults({"kind": "revoke_token", "endpoint": "prepare.create", "times": 1})
    labels = {"generation": "v1", "call": "payments.prepare", "outcome": "keys_refused"}
    with counted("pitturu_portone_calls_total", **labels) as refused:
        shop.open(user="jisu")

    assert refused.moved == 1
