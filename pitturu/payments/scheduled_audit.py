"""The scheduled audit: frequently over recent rows, once a day over all rows, and never two at once."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Final

from pitturu.config.settings import Settings
from pitturu.store import audit, audit_findings
from pitturu.store.audit import HORIZON, Rules, Violation
from pitturu.store.invariants import Scope
from pitturu.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

FULL_EVERY: Final = timedelta(days=1)

MIN_FRACTION: Final = 0.9
"""The fraction of the interval after which the next audit may begin, because beat is not exactly punctual. A second
beat's audit comes earlier and is skipped."""

Transaction = Callable[[], AbstractContextManager[UnitOfWork]]


def run_on_time(transaction: Transaction, settings: Settings) -> Scope | None:
    """Audit if one is due, and return its scope. None when another one has just begun."""
    with transaction() as work:
        full = audit_findings.begin(work, Scope.FULL, FULL_EVERY)
        # A full audit includes a recent one, so the interval of those restarts.
        recent = audit_findings.begin(work, Scope.RECENT, settings.audit_interval * MIN_FRACTION)
    if not full and not recent:
        return None
    scope = Scope.FULL if full else Scope.RECENT
    run(transaction, settings, scope)
    return scope


def run(transaction: Transaction, settings: Settings, scope: Scope) -> list[Violation]:
    """Audit now, save the violations and log new ones. Returns every violation."""
    with transaction() as work:
        audit_findings.begin(work, scope, timedelta())
        after, upto = audit_findings.last_checked_line(), audit.last_line()
    with transaction():
        found = audit.check(rules(settings, scope, after))
    with transaction() as work:
        for violation in audit_findings.save(work, scope, found, upto):
            fields = {"invariant": violation.invariant, "rows": violation.rows, "next": violation.advice}
            log.error("invariant_broken", extra=fields)
    return found


def rules(settings: Settings, scope: Scope, after: int = 0) -> Rules:
    """The parameters of the invariants for this installation."""
    longest_wait = max(HORIZON, 2 * settings.deposit_recheck)
    return Rules(settings.due_limit, settings.portone_environment, scope, after, longest_wait)
