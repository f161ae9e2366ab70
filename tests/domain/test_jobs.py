"""Every kind of work has a queue, and every queue has work."""

from pitturu.domain.jobs import QUEUE_OF, JobName, Queue


def test_every_job_has_its_queue() -> None:
    assert set(QUEUE_OF) == set(JobName)


def test_no_queue_is_idle() -> None:
    assert set(QUEUE_OF.values()) == set(Queue)
