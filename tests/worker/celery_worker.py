"""A Celery worker without a process: it runs the tasks whose wake-ups are queued in a real Redis."""

from queue import Empty

from celery import Celery
from redis import Redis

from pitturu.domain.jobs import JobName, Queue
from pitturu.worker.publisher import RedisPublisher

QUEUE_OF = {
    JobName.PREPARE: Queue.BUYERS,
    JobName.VERIFY: Queue.BUYERS,
    JobName.WEBHOOK: Queue.WEBHOOKS,
    JobName.CANCEL: Queue.REFUNDS,
    JobName.EXPIRE: Queue.HOUSEKEEPING,
    JobName.COMPARE: Queue.HOUSEKEEPING,
    JobName.SWEEP: Queue.HOUSEKEEPING,
    JobName.CLEAN: Queue.HOUSEKEEPING,
    JobName.AUDIT: Queue.HOUSEKEEPING,
    JobName.COMPARE_ON_TIME: Queue.HOUSEKEEPING,
    JobName.UPDATE_ROLLUPS: Queue.HOUSEKEEPING,
    JobName.EVALUATE_ALERTS: Queue.HOUSEKEEPING,
}
"""The expected queue of each kind of work."""


def waiting(redis: Redis) -> dict[str, int]:
    """The number of wake-ups in each queue that is not empty."""
    sizes = {str(queue): redis.llen(f"pitturu:{queue}") for queue in Queue}
    return {queue: size for queue, size in sizes.items() if size}


def serve(celery: Celery, publisher: RedisPublisher) -> list[str]:
    """Run the task of every queued wake-up, most urgent queue first, until none is left. Returns their names."""
    done: list[str] = []
    while (name := _take(celery, publisher)) is not None:
        celery.tasks[name]()
        done.append(name)
    return done


def sweep(celery: Celery) -> None:
    """Run the sweep, as beat's message does."""
    celery.tasks[JobName.SWEEP]()


def _take(celery: Celery, publisher: RedisPublisher) -> str | None:
    publisher.flush()
    with celery.connection_for_read() as connection:
        for queue in Queue:
            with connection.SimpleQueue(celery.amqp.queues[queue], no_ack=True) as box:
                try:
                    return str(box.get_nowait().headers["task"])
                except Empty:
                    continue
    return None
