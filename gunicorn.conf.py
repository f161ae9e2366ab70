"""The web server's settings; all that differs between installations comes from the environment."""

import os
import signal
import threading
from types import FrameType
from typing import Any

bind = f"{os.environ.get('BIND_HOST', '0.0.0.0')}:{os.environ.get('PORT', '8080')}"  # noqa: S104 -- a container's way.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "32"))
# A long poll holds a thread for up to 25 s, so threads are many; they mostly wait.

keepalive = 75
# Seconds. Longer than the usual 60 s of load balancers, so that they are the ones who hang up; costs no thread.
graceful_timeout = 20
# Seconds for requests under way when we are told to stop. Hosting platforms kill after 30.
control_socket_disable = True
accesslog = None
# The application writes one JSON line for each request itself.
loglevel = "warning"
preload_app = False
# Each worker opens its own connections; none is shared over a fork.


def post_worker_init(worker: Any) -> None:
    """Tell long polls at once when this worker shall stop, so that nobody waits for them.

    They watch the event in `app.extensions["pitturu.stopping"]`.
    """
    stopping: threading.Event = worker.wsgi.extensions.setdefault("pitturu.stopping", threading.Event())
    finish = worker.handle_exit

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()
        finish(number, frame)

    signal.signal(signal.SIGTERM, stop)
    signal.siginterrupt(signal.SIGTERM, False)
