"""Gunicorn's configuration; all values that differ between installations come from the environment."""

import itertools
import mmap
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
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
"""Seconds that a client may pause within the body of a request, or while it gets a long response."""

# Every connection is an open file; beside them there are those to the database, to Redis, and the program's own.
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
wanted = worker_connections + 500
if soft != resource.RLIM_INFINITY and soft < wanted:
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def pre_request(worker: Any, request: Any) -> None:
    """The header has arrived; a client that then falls silent is disconnected."""
    worker.idle.discard(request.unreader.sock)
    request.unreader.sock.settimeout(BODY_SILENCE)


def post_request(worker: Any, request: Any, environ: Any, response: Any) -> None:
    """The response is sent: from now on `keepalive` limits how long the connection may be idle. With the other limit
    it would be closed long before the load balancer expects it, in the middle of a request that it sends just then."""
    request.unreader.sock.settimeout(None)
    worker.request_ended(request.unreader.sock)


METRICS = "PROMETHEUS_MULTIPROC_DIR"
"""Names the directory of the files in which all workers count. prometheus-client reads it when it is imported, so only
in workers."""

METRICS_PREFIX = "pitturu-metrics-"
METRICS_FILES = ("counter", "histogram", "gauge_livesum")
"""The names of a worker's files begin with these, one for each type of metric in `pitturu.instruments`."""

METRICS_FILE_SIZE = 2**20
"""Bytes of each file, as prometheus-client makes it. All series of a worker need less than half of that."""


def _metrics_home() -> Path:
    """In memory, if there is room for all workers and those that replace them in a reload. Other users can neither read
    nor prepare the directory in it, which `mkdtemp` makes."""
    memory, needed = Path("/dev/shm"), 2 * workers * len(METRICS_FILES) * METRICS_FILE_SIZE  # noqa: S108 -- see above.
    fits = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= needed
    return memory if fits else Path(tempfile.gettempdir())


METRICS_HOME = _metrics_home()


def on_starting(server: Any) -> None:
    """Make gunicorn's master survive a reload that fails, interrupt nobody by one that succeeds, and end with the right
    exit status; begin to count.

    Only a new master runs this: neither a reload nor `--check-config` does, so a reload continues the counters.
    """
    server.handle_hup = _reload_if_possible(server, server.handle_hup)
    server.halt = _halt_once(server, server.halt)
    server.manage_workers = _end_no_worker_too_early(server, server.manage_workers)
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
    worker.ready = mmap.mmap(-1, 1)  # Shared with the worker, which sets it to 1.


def post_fork(server: Any, worker: Any) -> None:
    """The worker's own files of counters."""
    os.environ["METRICS_SLOT"] = str(worker.metrics_slot)
    try:
        _reserve_metrics(Path(os.environ[METRICS]), worker.metrics_slot)
    except OSError as error:
        del os.environ[METRICS]
        server.log.warning(
            "Worker %s counts for itself, so /metrics answers for one worker at a time: no room in %s (%s). Make room"
            " there, 3 MB for each worker, and send SIGHUP.",
            worker.pid,
            METRICS_HOME,
            error,
        )


def _reserve_metrics(directory: Path, slot: int) -> None:
    """Have the files of this slot occupy their space now. They are mapped into memory: if there were no room for a page
    later on, the worker would be killed by SIGBUS. Raises OSError."""
    for kind in METRICS_FILES:
        file = directory / f"{kind}_{slot}.db"
        try:
            with file.open("ab") as end:
                end.write(bytes(max(0, METRICS_FILE_SIZE - end.tell())))
        except OSError:
            file.unlink(missing_ok=True)
            raise


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


def on_reload(server: Any) -> None:
    """The new workers are about to be started."""
    server.awaits_workers_until = time.monotonic() + graceful_timeout


def _end_no_worker_too_early(server: Any, manage: Callable[[], None]) -> Callable[[], None]:
    """At a reload, old workers end when the new ones are ready.

    Gunicorn itself ends them at once, and all requests wait until the application has been imported, for seconds. Once
    it has sent the signal, it does nothing until the old ones have ended or `graceful_timeout` is over, so the new ones
    are awaited before.
    """
    server.awaits_workers_until = 0.0

    def too_early() -> bool:
        workers = server.WORKERS.values()
        return len(workers) > server.num_workers and not all(worker.ready[0] for worker in workers)

    def manage_when_ready() -> None:
        while too_early() and time.monotonic() < server.awaits_workers_until:
            server.reap_workers()
            time.sleep(0.1)
        if not too_early():
            manage()

    return manage_when_ready


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
    """This worker is ready."""
    # Imported here, so that the master has no module that a reload would have to replace.
    from pitturu import graceful_stop

    worker.ready[0] = 1
    graceful_stop.prepare(worker)
