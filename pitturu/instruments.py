"""What a process counts while it works, for Prometheus: requests, calls to PortOne, batches, tasks, pools, errors.

Each instrument is declared here once, with its labels, and counted where the event happens, in the way that each module
logs with `logging`. The module belongs to no layer and imports nothing of ours, so that `portone`, `store` and `worker`
count without knowing `monitoring`, which serves the numbers.

Labels have values from our own sources only: rules of the URL map, constants, names of registered work. What a client
can choose is mapped to a known value first, because every new value is a new series for as long as the process lives.

In a web of several processes, PROMETHEUS_MULTIPROC_DIR names a directory of files that all of them count in, and
METRICS_SLOT identifies the process's own files there. `gunicorn.conf.py` sets both before this module is imported. A
process that replaces another one gets its slot and continues its counters, so the number of files stays the same
however often processes are replaced.
"""

import os
from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, values

DIRECTORY: Final = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
SLOT: Final = os.environ.get("METRICS_SLOT")
OTHER: Final = "other"
"""The value of a label in place of one that is not known."""

KEYS_REFUSED: Final = "keys_refused"
"""The outcome of a call that PortOne answered with 401 or 403."""

disable_created_metrics()  # type: ignore[no-untyped-call] # A second series a counter, of this process only.
if DIRECTORY and SLOT:
    values.ValueClass = values.MultiProcessValue(lambda: SLOT)  # type: ignore[no-untyped-call]

REGISTRY: Final = CollectorRegistry()
"""All instruments of this module."""

QUICK: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Seconds: upper bounds of the buckets for requests and tasks."""

REMOTE: Final = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 40)
"""Seconds: upper bounds of the buckets for calls to PortOne; a cancel may take 30 s."""

ROWS: Final = (1, 2, 5, 10, 20, 50, 100, 150)
"""Rows: upper bounds of the buckets for batches."""

http_requests = Counter(
    "pitturu_http_requests",
    "Requests by URL rule, method and status; a path without a rule is unmatched",
    ("route", "method", "status"),
    registry=REGISTRY,
)
http_seconds = Histogram(
    "pitturu_http_request_duration_seconds",
    "Seconds until the response, without long polls",
    ("route", "method"),
    buckets=QUICK,
    registry=REGISTRY,
)
long_polls = Gauge(
    "pitturu_long_polls_waiting", "Requests that wait for a change", multiprocess_mode="livesum", registry=REGISTRY
)
webhooks_refused = Counter(
    "pitturu_webhooks_refused", "Webhooks that were not stored, by reason", ("reason",), registry=REGISTRY
)
portone_calls = Counter(
    "pitturu_portone_calls",
    "Calls to PortOne by outcome: ok, the reaction to its answer, or keys_refused for a status of 401 or 403",
    ("generation", "call", "outcome"),
    registry=REGISTRY,
)
portone_seconds = Histogram(
    "pitturu_portone_call_duration_seconds",
    "Seconds of a call to PortOne",
    ("generation", "call"),
    buckets=REMOTE,
    registry=REGISTRY,
)
batch_rows = Histogram(
    "pitturu_batch_rows",
    "Rows claimed with one statement, and answers committed in one transaction",
    ("job", "step"),
    buckets=ROWS,
    registry=REGISTRY,
)
tasks = Counter("pitturu_tasks", "Celery tasks that ended, by outcome", ("task", "outcome"), registry=REGISTRY)
task_seconds = Histogram(
    "pitturu_task_duration_seconds", "Seconds of a Celery task", ("task",), buckets=QUICK, registry=REGISTRY
)
pool_connections = Gauge(
    "pitturu_database_pool_connections",
    "Most connections that the pools of all processes may have",
    ("pool",),
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
pool_checked_out = Gauge(
    "pitturu_database_pool_checked_out",
    "Connections in use",
    ("pool",),
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
pool_waiting = Gauge(
    "pitturu_database_pool_waiting",
    "Threads or requests that wait for a connection",
    ("pool",),
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
pool_timeouts = Counter(
    "pitturu_database_pool_timeouts", "Waits for a connection that ended without one", ("pool",), registry=REGISTRY
)
errors = Counter("pitturu_errors", "Log records of level ERROR or above, by event", ("event",), registry=REGISTRY)


def prepare(counter: Counter, name: str, label_values: Iterable[str]) -> None:
    """Create a series with the value 0 for each value of the counter's only label `name`.

    Without it the first event is the first sample of its series, and Prometheus sees no increase.
    """
    for value in label_values:
        counter.labels(**{name: value})
