"""What the rules of alerts measure: each a few small queries over indexes, whatever the size of the shop.

A measurement is compared with the thresholds of its rule; its text says what was seen, without personal data.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.provider_listing import UnknownPaymentPolicy
from pitturu.payments.explanations import clock_time
from pitturu.payments.row_kinds import RowKind
from pitturu.reporting.overview import approval_rate
from pitturu.store import (
    audit_findings,
    claims,
    dead_letters,
    event_endpoints,
    event_messages,
    heartbeats,
    reconciliation_rows,
    refusals,
)
from pitturu.store.reconciliations import Kind, Scope

MOST_COUNTED: Final = 1_000
"""Dead rows of a kind that are counted: more need no other number."""

REFUSED_WITHIN: Final = timedelta(minutes=12)
"""How long a refusal of PortOne counts: rows whose call was refused are tried again every ten minutes at the latest."""

WEBHOOK_HOURS: Final = 3
"""Hourly comparisons that are added up, so that a shop with one payment an hour is warned too."""

USUAL_SPAN: Final = timedelta(days=7)
"""What the approval rate is compared with: a week has every day and hour."""

FEWEST_DECIDED: Final = 20
"""Payments that were approved or declined: of fewer, a rate says little."""

LATE: Final = timedelta(minutes=10)
"""How long an event may wait for an endpoint that answers: a system of the shop that restarts is no alert."""

SHORTEST_SILENCE: Final = timedelta(minutes=2)
"""Sweeps that are missing for less than this are no alert: beat and workers restart with every release."""


@dataclass(frozen=True)
class Subject:
    """What measurements are about: this installation's settings, and its tables of work."""

    settings: Settings
    kinds: Iterable[RowKind[Any]]


@dataclass(frozen=True)
class Measurement:
    """What was measured, and the same in words."""

    value: float
    detail: str


def oldest_due(subject: Subject) -> Measurement:
    """How many times DUE_LIMIT the longest waiting due row is late."""
    limit, due = subject.settings.due_limit, [(claims.oldest_due(kind.table), kind.name) for kind in subject.kinds]
    waiting = [(since, name) for since, name in due if since is not None]
    if not waiting:
        return Measurement(0, "No work is waiting.")
    since, name = min(waiting)
    late = clock.now() - since
    words = f"The longest waiting work (a {name}) is {late.total_seconds():.0f} s late"
    return Measurement(late / limit, f"{words}; DUE_LIMIT is {limit.total_seconds():.0f} s.")


def dead_work(subject: Subject) -> Measurement:
    """How many rows ran out of tries."""
    found = dead_letters.count_dead(subject.kinds, MOST_COUNTED)
    listed = ", ".join(f"{name}: {_at_least(count)}" for name, count in sorted(found.items()))
    return Measurement(sum(found.values()), f"Out of tries: {listed or 'nothing'}.")


def broken_invariants(_subject: Subject) -> Measurement:
    """How many invariants are broken as of the last audit."""
    broken = audit_findings.broken_invariants()
    listed = ", ".join(f"{one.invariant} ({len(one.rows)} rows)" for one in broken)
    return Measurement(len(broken), f"Broken: {listed or 'nothing'}.")


def refused_keys(_subject: Subject) -> Measurement:
    """How many of PortOne's APIs have refused our keys lately."""
    found = refusals.since(clock.now() - REFUSED_WITHIN)
    listed = " ".join(f"{one.generation.upper()} at {clock_time(one.refused_at)}: {one.reason}" for one in found)
    return Measurement(len(found), listed or "PortOne accepts our keys, or was not called.")


def missing_webhooks(_subject: Subject) -> Measurement:
    """How many payments and cancels of the last hours no webhook reported."""
    missing = reconciliation_rows.missing_webhooks(WEBHOOK_HOURS)
    words = f"Payments and cancels that no webhook reported in the last {WEBHOOK_HOURS} hourly comparisons: {missing}."
    return Measurement(missing, words)


def differences(subject: Subject) -> Measurement:
    """How many findings of the last full comparison do not agree with PortOne yet.

    With UNKNOWN_PAYMENT=keep, payments of unknown orders are other systems' as a rule, so they are no alert.
    """
    last = reconciliation_rows.last_ended(Scope.FULL)
    if last is None:
        return Measurement(0, "No comparison has ended yet.")
    left = reconciliation_rows.unhealed(last.id)
    if subject.settings.unknown_payment is UnknownPaymentPolicy.KEEP:
        left.pop(Kind.UNKNOWN, None)
    listed = ", ".join(f"{kind}: {count}" for kind, count in sorted(left.items()) if count)
    return Measurement(sum(left.values()), f"Comparison {last.comparison_id} left {listed or 'nothing'}.")


def gone_endpoints(_subject: Subject) -> Measurement:
    """How many endpoints of the shop were paused by themselves."""
    gone = event_endpoints.gone()
    listed = " ".join(f"{one.endpoint_id}: {one.paused_reason}" for one in gone)
    return Measurement(len(gone), listed or "No endpoint was paused by itself.")


def late_endpoints(_subject: Subject) -> Measurement:
    """How many times LATE the longest waiting event is late that could be sent to an endpoint of the shop.

    An endpoint that does not answer at all rests, so its events are not to be sent now.
    """
    enabled = [one.endpoint_id for one in event_endpoints.everything() if one.enabled]
    late = {name: clock.now() - since for name, since in event_messages.waiting(enabled).items()}
    listed = " ".join(f"{name}: {one.total_seconds():.0f} s." for name, one in late.items() if one > LATE / 2)
    return Measurement(max(late.values(), default=timedelta()) / LATE, listed or "No endpoint gets its events late.")


def missing_sweeps(subject: Subject) -> Measurement:
    """How many times the longest permitted silence the last sweep is ago. It needs beat, the broker and a worker."""
    seen = heartbeats.last_seen().get("sweep")
    if seen is None:
        return Measurement(0, "No sweep has ever run, or none for a day.")
    silence, limit = clock.now() - seen, max(SHORTEST_SILENCE, 5 * subject.settings.sweep_interval)
    return Measurement(silence / limit, f"The last sweep ran {silence.total_seconds():.0f} s ago.")


def approval_drop(_subject: Subject) -> Measurement:
    """By which part the approval rate of this hour and the one before is below that of the week before them.

    Few payments say nothing: a single declined card would be an alert at night.
    """
    now = clock.now()
    since = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    rate, decided = approval_rate(since, now)
    usual, before = approval_rate(since - USUAL_SPAN, since)
    if min(decided, before) < FEWEST_DECIDED or not usual or rate is None:
        return Measurement(0, f"Since {clock_time(since)} {decided} payments were decided: too few to judge.")
    words = f"Since {clock_time(since)} {rate:.0%} of {decided} payments were approved; in the week before {usual:.0%}."
    return Measurement(1 - rate / usual, words)


def _at_least(count: int) -> str:
    return str(count) if count < MOST_COUNTED else f"{MOST_COUNTED} or more"
