"""A queue that only one process reads, to ask it whether messages still reach it."""

from datetime import timedelta
from typing import Any, Final

from celery import Celery
from kombu.entity import Exchange, Queue
from kombu.exceptions import KombuError, OperationalError
from redis.exceptions import RedisError

from pitturu import redis_client
from pitturu.config import urls
from pitturu.config.settings import Settings
from pitturu.config.urls import RedisAddress, SqsAddress
from pitturu.worker.celery_config import HINT_LIVES

TASK: Final = "pitturu.ping"

FORGOTTEN_AFTER: Final = timedelta(minutes=10)
"""A queue whose process was killed leaves nothing behind for longer than this."""


def possible(settings: Settings) -> bool:
    """Whether a process can have a queue of its own. With SQS our key may use queues that exist, and make none."""
    return not isinstance(urls.broker(settings.broker_address), SqsAddress)


class OwnQueue:
    """The queue `name`, which exists while its process reads it."""

    def __init__(self, celery: Celery, settings: Settings, name: str) -> None:
        self._celery, self._redis, self._key = celery, None, f"pitturu:{name}"
        if isinstance(urls.broker(settings.broker_address), RedisAddress):
            self._redis = redis_client.connect(settings.broker_address, socket_timeout=1, socket_connect_timeout=0.5)
        # Without an exchange: a binding would stay in the broker for ever.
        manner = {"durable": False, "auto_delete": True, "expires": FORGOTTEN_AFTER.total_seconds()}
        self._queue = Queue(name, _nowhere(), routing_key=name, **manner)  # type: ignore[no-untyped-call]
        celery.task(_pong, name=TASK, shared=False)

    def read_by(self, worker: Any) -> None:
        """Have this Celery worker consume it beside what it was told to, also after every reconnect."""
        queues = worker.app.amqp.queues
        queues.select_add(self._queue)
        self._queue.exchange = _nowhere()  # Celery has put its default exchange there.

    def ping(self) -> bool:
        """Put a message there; False when the broker does not take it."""
        try:
            self._celery.send_task(TASK, queue=self._queue, expires=HINT_LIVES.total_seconds())
            if self._redis is not None:
                self._redis.expire(self._key, FORGOTTEN_AFTER)
        except (KombuError, OperationalError, RedisError, OSError):
            return False
        return True


def _pong() -> None:
    """That it came is the answer."""


def _nowhere() -> Any:
    return Exchange("")  # type: ignore[no-untyped-call]


def reachable(celery: Celery) -> bool:
    """Whether the broker takes messages from this process."""
    try:
        with celery.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
    except (KombuError, OperationalError, RedisError, OSError):
        return False
    return True
