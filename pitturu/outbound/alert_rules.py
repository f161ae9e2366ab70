"""The rules of alerts, as data: what is measured, from when on it is an alert, and what people read about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pitturu.domain.errors import NotFound
from pitturu.outbound import measurements
from pitturu.outbound.measurements import Measurement, Subject
from pitturu.store.alerts import Severity

NOW: Final = timedelta()
QUIET: Final = timedelta(minutes=10)
"""How long a rule has to be clear until its alert ends: a rule that flaps stays one alert."""


@dataclass(frozen=True)
class Rule:
    """An alert is raised when the measurement is at `raise_at` or above for as long as `lasting`, and ends when it is
    below `end_at` for as long as `quiet`. Between the two nothing changes.

    `title` says what happened, `todo` what to do, `link` is the path at which the API shows more.
    """

    name: str
    severity: Severity
    title: str
    todo: str
    link: str
    measure: Callable[[Subject], Measurement]
    raise_at: float
    end_at: float
    lasting: timedelta = NOW
    quiet: timedelta = QUIET


_BACKLOG: Final = Rule(
    name="backlog",
    severity=Severity.CRITICAL,
    title="Work waits for too long",
    todo="Start more workers. If enough of them run, their log shows what keeps failing. Nothing is lost meanwhile.",
    link="/readyz",
    measure=measurements.oldest_due,
    raise_at=1,
    end_at=0.5,
    lasting=timedelta(minutes=2),
)

_DEAD_WORK: Final = Rule(
    name="dead_work",
    severity=Severity.WARNING,
    title="Work ran out of tries and waits for an operator",
    todo="`flask --app wsgi pitturu dead` says what each row waits for. Remove the cause, then replay the rows.",
    link="/api/v1/operations/dead",
    measure=measurements.dead_work,
    raise_at=1,
    end_at=1,
)

_BROKEN_INVARIANT: Final = Rule(
    name="broken_invariant",
    severity=Severity.CRITICAL,
    title="The audit found records that contradict each other",
    todo="`flask --app wsgi pitturu audit` names the rows and what to do about each; `why` explains a row.",
    link="/api/v1/operations/audit",
    measure=measurements.broken_invariants,
    raise_at=1,
    end_at=1,
    quiet=NOW,
)

_PORTONE_KEYS: Final = Rule(
    name="portone_keys",
    severity=Severity.CRITICAL,
    title="PortOne refuses our keys",
    todo="Compare PORTONE_API_KEY and PORTONE_API_SECRET (V1) or PORTONE_V2_API_SECRET (V2), and the list of addresses"
    " that may call, with PortOne's console; correct them and restart. `flask --app wsgi pitturu doctor` tries the"
    " keys. Nothing is lost: waiting work continues by itself.",
    link="/api/v1/operations/dead",
    measure=measurements.refused_keys,
    raise_at=1,
    end_at=1,
    quiet=NOW,
)

_WEBHOOKS_MISSING: Final = Rule(
    name="webhooks_missing",
    severity=Severity.WARNING,
    title="PortOne's webhooks do not arrive",
    todo="Check the webhook URL and secret in PortOne's console, WEBHOOK_NETWORKS, and `webhook_refused` in the log."
    " Payments become known in other ways, but later.",
    link="/api/v1/operations/comparisons?scope=webhooks",
    measure=measurements.missing_webhooks,
    raise_at=3,
    end_at=1,
    quiet=NOW,
)

_RECONCILIATION: Final = Rule(
    name="reconciliation_differs",
    severity=Severity.CRITICAL,
    title="Our records differ from PortOne's",
    todo="Read the comparison that is named; its findings say what differs. `flask --app wsgi pitturu compare` verifies"
    " and corrects what can be corrected.",
    link="/api/v1/operations/comparisons",
    measure=measurements.differences,
    raise_at=1,
    end_at=1,
    quiet=NOW,
)

_SWEEPS_MISSING: Final = Rule(
    name="sweeps_missing",
    severity=Severity.CRITICAL,
    title="No sweeps run: retries and lost wake-ups wait",
    todo="Start beat if it does not run. If it does, its messages reach no worker: check the broker and the queues of"
    " the workers. /readyz says which.",
    link="/readyz",
    measure=measurements.missing_sweeps,
    raise_at=1,
    end_at=1,
    # After a maintenance, the first evaluation may come before the first sweep.
    lasting=timedelta(minutes=1),
    quiet=timedelta(minutes=2),
)

_APPROVAL_RATE: Final = Rule(
    name="approval_rate",
    severity=Severity.CRITICAL,
    title="Fewer payments are approved than usual",
    todo="The overview says which method, PG and reasons it is about. One method or PG: ask the PG or PortOne for an"
    " outage, and offer buyers another method. All of them: try a payment on the checkout page.",
    link="/api/v1/operations/overview",
    measure=measurements.approval_drop,
    raise_at=0.3,
    end_at=0.15,
    lasting=timedelta(minutes=5),
)

_ENDPOINT_GONE: Final = Rule(
    name="endpoint_gone",
    severity=Severity.CRITICAL,
    title="Events are not sent to an endpoint of the shop any more",
    todo="Its system answered 410, or took nothing for days: repair it, then POST "
    "/api/v1/event-endpoints/{endpoint_id}/resume sends what it missed. DELETE it if nobody needs it.",
    link="/api/v1/event-endpoints",
    measure=measurements.gone_endpoints,
    raise_at=1,
    end_at=1,
    quiet=NOW,
)

_EVENTS_LATE: Final = Rule(
    name="events_late",
    severity=Severity.WARNING,
    title="An endpoint of the shop gets its events late",
    todo="Its system answers slowly, so that more events happen than it takes: GET "
    "/api/v1/event-endpoints/{endpoint_id}/deliveries. It should store an event, answer, and work on it afterwards."
    " If all endpoints are named, the log of the workers says why nothing is sent.",
    link="/api/v1/event-endpoints",
    measure=measurements.late_endpoints,
    raise_at=1,
    end_at=0.5,
)

RULES: Final[tuple[Rule, ...]] = (
    _APPROVAL_RATE,
    _BACKLOG,
    _DEAD_WORK,
    _BROKEN_INVARIANT,
    _PORTONE_KEYS,
    _WEBHOOKS_MISSING,
    _RECONCILIATION,
    _SWEEPS_MISSING,
    _ENDPOINT_GONE,
    _EVENTS_LATE,
)

BY_NAME: Final[Mapping[str, Rule]] = {rule.name: rule for rule in RULES}


def by_name(name: str) -> Rule:
    """The rule of this name. Raises NotFound."""
    if name not in BY_NAME:
        raise NotFound("unknown_rule", f"No rule has this name. There are: {', '.join(BY_NAME)}.")
    return BY_NAME[name]
