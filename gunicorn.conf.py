"""Gunicorn's configuration; all values that differ between installations come from the environment."""

import itertools
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

# Invalid settings end gunicorn here, before it listens and before it has workers. They are read in a separate process:
# workers would inherit modules imported by this one, and a reload would mix new code with old modules.
settings_check = subprocess.run([sys.executable, "-m", "pitturu.config.startup"], check=False)
if settings_check.returncode:
    sys.exit(settings_check.returncode)

bind = f"{os.environ.get('BIND_HOST') or '0.0.0.0'}:{os.environ.get('PORT') or '8080'}"  # noqa: S104 -- a container's way.
worker_class = "gevent"
# A request is a greenlet: one that waits for its client, for a long poll or for the database holds no thread.
workers = int(os.environ.get("WEB_CONCURRENCY") or "2")
worker_connections = int(os.environ.get("WEB_CONNECTIONS") or "1000")
# Clients that send nothing hold one each, until keepalive ends for a header, and BODY_SILENCE for a body.

keepalive = 75
# Seconds. Longer than the usual 60 s of load balancers, so that they close the connection; costs no thread.
graceful_timeout = 20
# Seconds for requests in progress after the signal to stop. Hosting platforms kill after 30.
control_socket_disable = True
accesslog = None
# The application writes one JSON line per request itself.
loglevel = "warning"
preload_app = False
# Each worker opens its own connections; none is shared over a fork.


BODY_SILENCE = 10
"""Seconds that a client may pause within the body of a request."""

# Every connection is an open file; beside them there are those to the database, to Redis, and the program's own.
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
wanted = worker_connections + 500
if soft != resource.RLIM_INFINITY and soft < wanted:
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def pre_request(worker: Any, request: Any) -> None:
    """The header has arrived; a client that then falls silent is disconnected."""
    request.unreader.sock.settimeout(BODY_SILENCE)


METRICS = "PROMETHEUS_MULTIPROC_DIR"
"""Names the directory of the files in which all workers count. prometheus-client reads it when it is imported, so only
in workers."""

METRICS_PREFIX = "pitturu-metrics-"
METRICS_HOME = Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir())  # noqa: S108 -- see below.
"""In memory where possible: the files are mapped, and a full disk under a mapped file kills the worker by SIGBUS. Other
users can neither read nor prepare the directory, which `mkdtemp` makes."""


def on_starting(server: Any) -> None:
    """Make gunicorn's master survive a reload that fails, and end with the right exit status; begin to count.

    Only a new master runs this: neither a reload nor `--check-config` does, so a reload continues the counters.
    """
    server.handle_hup = _reload_if_possible(server, server.handle_hup)
    server.halt = _halt_once(server, server.halt)
    _remove_metrics_of_killed_masters()
    directory = tempfile.mkdtemp(prefix=f"{METRICS_PREFIX}{os.getpid()}-", dir=METRICS_HOME)
    os.chown(directory, server.cfg.uid, server.cfg.gid)
    os.environ[METRICS] = directory


def _remove_metrics_of_killed_masters() -> None:
    """A master that is killed leaves its directory behind; its process id is part of the name."""
    for directory in METRICS_HOME.glob(f"{METRICS_PREFIX}*-*"):
        process = directory.name.removeprefix(METRICS_PREFIX).partition("-")[0]
        if process.isdigit() and (int(process) == os.getpid() or not _runs(int(process))):
            shutil.rmtree(directory, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass  # Another user's, or no process id at all: not ours to remove.
    return True


def on_exit(server: Any) -> None:
    """Remove the counters, which end with this master."""
    if METRICS in os.environ:
        shutil.rmtree(os.environ[METRICS], ignore_errors=True)


def pre_fork(server: Any, worker: Any) -> None:
    """Give the new worker a slot that no living worker has, usually that of one that ended, whose counters it
    continues."""
    taken = {other.metrics_slot for other in server.WORKERS.values()}
    worker.metrics_slot = next(slot for slot in itertools.count() if slot not in taken)


def post_fork(server: Any, worker: Any) -> None:
    """The worker's own files of counters."""
    os.environ["METRICS_SLOT"] = str(worker.metrics_slot)


def child_exit(server: Any, worker: Any) -> None:
    """A worker that ended waits for nothing and holds no connection: its gauges no longer count.

    Equivalent to prometheus-client's `mark_process_dead`, which the master does not import: its workers would inherit
    the module, also after a reload with another version.
    """
    for gauges in Path(os.environ[METRICS]).glob(f"gauge_live*_{worker.metrics_slot}.db"):
        with suppress(FileNotFoundError):
            gauges.unlink()


def _reload_if_possible(server: Any, reload: Callable[[], None]) -> Callable[[], None]:
    """The handler of SIGHUP: the new configuration and code are first loaded in a separate process.

    Gunicorn itself would end, together with the running workers, when either cannot be loaded.
    """

    def try_and_reload() -> None:
        trial = [sys.executable, "-m", "gunicorn", *sys.argv[1:], "--check-config"]
        # It imports the application, which must not count beside the workers.
        environment = {name: value for name, value in os.environ.items() if name != METRICS}
        if subprocess.run(trial, check=False, env=environment).returncode == 0:  # noqa: S603 -- our own command line.
            reload()
        else:
            server.log.error(
                "Not reloaded: the new configuration or code cannot be loaded, for the reason above. The running"
                " workers go on as they are. Correct it and send SIGHUP again."
            )

    return try_and_reload


def _halt_once(server: Any, halt: Callable[..., None]) -> Callable[..., None]:
    """The orderly shutdown, also when several workers cannot start.

    Gunicorn ends because of the first failure. The second one would interrupt that with a traceback and exit status 1
    instead of 3.
    """

    def ignore_further_failures(*args: Any, **kwargs: Any) -> None:
        server.WORKER_BOOT_ERROR = server.APP_LOAD_ERROR = -1  # No process has this exit status.
        halt(*args, **kwargs)

    return ignore_further_failures


def post_worker_init(worker: Any) -> None:
    """End long polls at once when this worker has to stop; they wait for `Services.stopping`."""
    services = worker.wsgi.extensions.get("pitturu")
    if services is None:
        return  # Another application with this configuration: the bare views of `make bench`.
    stopping = services.stopping
    finish = worker.handle_exit

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()
        finish(number, frame)

    signal.signal(signal.SIGTERM, stop)
    signal.siginterrupt(signal.SIGTERM, False)
