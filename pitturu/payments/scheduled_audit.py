"""The audit as it runs by itself: often over what moved of late, once a day over everything, and one at a time."""

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

SOON: Final = 0.9
"""Of the interval. Beat is not punctual to the second, and a second beat's audit shall find that it was just done."""

Transaction = Callable[[], AbstractContextManager[UnitOfWork]]


def run_on_time(transaction: Transaction, settings: Settings) -> Scope | None:
    """Audit if it is time to, and say what was looked at. None when another one has just begun."""
    with transaction() as work:
        full = audit_findings.begin(work, Scope.FULL, FULL_EVERY)
        # A full audit is a recent one as well; the next of those has its time from now on.
        recent = audit_findings.begin(work, Scope.RECENT, settings.audit_interval * SOON)
    if not full and not recent:
        return None
    scope = Scope.FULL if full else Scope.RECENT
    run(transaction, settings, scope)
    return scope


def run(transaction: Transaction, settings: Settings, scope: Scope) -> list[Violation]:
    """Audit now, write down what was found and tell the log what is news. Returns every violation."""
    with transaction() as work:
        audit_findings.begin(work, scope, timedelta())
        after, upto = audit_findings.looked_up_to(), audit.last_line()
    with transaction():
        found = audit.look(rules(settings, scope, after))
    with transaction() as work:
        for violation in audit_findings.keep(work, scope, found, upto):
            told = {"invariant": violation.invariant, "rows": violation.rows, "next": violation.advice}
            log.error("invariant_broken", extra=told)
    return found


def rules(settings: Settings, scope: Scope, after: int = 0) -> Rules:
    """What this installation is measured by."""
    longest_wait = max(HORIZON, 2 * settings.deposit_recheck)
    return Rules(settings.due_limit, settings.portone_environment, scope, after, longest_wait)
