"""A queue of one process, which checks with pings whether messages still reach it."""

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
from pitturu.worker.celery_config import WAKE_UP_EXPIRES

TASK: Final = "pitturu.ping"

QUEUE_EXPIRES: Final = timedelta(minutes=10)
"""The queue of a killed process is deleted by the broker after this time."""


def supported(settings: Settings) -> bool:
    """Whether a process can have a queue of its own. With SQS our key may not create queues."""
    return not isinstance(urls.broker(settings.broker_address), SqsAddress)


class OwnQueue:
    """The queue `name`, which exists while its process reads it."""

    def __init__(self, celery: Celery, settings: Settings, name: str) -> None:
        self._celery, self._redis, self._key = celery, None, f"pitturu:{name}"
        if isinstance(urls.broker(settings.broker_address), RedisAddress):
            self._redis = redis_client.connect(settings.broker_address, socket_timeout=1, socket_connect_timeout=0.5)
        # Without an exchange: a binding would stay in the broker permanently.
        options = {"durable": False, "auto_delete": True, "expires": QUEUE_EXPIRES.total_seconds()}
        self._queue = Queue(name, _no_exchange(), routing_key=name, **options)  # type: ignore[no-untyped-call]
        celery.task(_pong, name=TASK, shared=False)

    def consume_with(self, worker: Any) -> None:
        """Have this Celery worker consume the queue in addition to its others, also after a reconnect."""
        queues = worker.app.amqp.queues
        queues.select_add(self._queue)
        self._queue.exchange = _no_exchange()  # Celery has put its default exchange there.

    def ping(self) -> bool:
        """Send a message to the queue; False when the broker does not accept it."""
        try:
            self._celery.send_task(TASK, queue=self._queue, expires=WAKE_UP_EXPIRES.total_seconds())
            if self._redis is not None:
                self._redis.expire(self._key, QUEUE_EXPIRES)
        except (KombuError, OperationalError, RedisError, OSError):
            return False
        return True


def _pong() -> None:
    """Nothing to do: the watchdog counts received messages."""


def _no_exchange() -> Any:
    return Exchange("")  # type: ignore[no-untyped-call]


def reachable(celery: Celery) -> bool:
    """Whether the broker accepts connections from this process."""
    try:
        with celery.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
    except (KombuError, OperationalError, RedisError, OSError):
        return False
    return True
