"""Whether the database is consistent, and agrees with PortOne's ledger."""

from functools import cache

from flask import Flask

from pitturu import create_app
from pitturu.config.settings import load
from pitturu.services import services_of
from pitturu.store import audit
from tests.system import System
from tests.waiting import until

AT_WORK = """
    SELECT 'session', session_id, next_job, last_error FROM payment_sessions
    WHERE due_at IS NOT NULL AND next_job <> 'payments.expire'
    UNION ALL SELECT 'cancellation', cancellation_id, stage, last_error FROM payment_cancellations
    WHERE stage IN ('requested', 'sent')
    UNION ALL SELECT 'webhook', merchant_uid, event_status, last_error FROM webhook_deliveries
    WHERE state = 'pending'"""
"""All remaining work of the workers, except for checks of sessions that are scheduled for later."""

MONEY = "SELECT imp_uid, amount, cancelled_amount FROM payment_history WHERE paid_at IS NOT NULL"


def quiet(system: System) -> None:
    """Wait until all work is done."""
    system.portone.control("POST", "webhooks/wait", {"timeout": 30})
    left: list[tuple[object, ...]] = []

    def done() -> bool:
        left[:] = system.rows(AT_WORK)
        return not left

    try:
        until(done, "all work is done")
    except AssertionError as late:
        raise AssertionError(f"{late}; still waiting: {left}") from None


def agree(system: System) -> None:
    """Every invariant holds, and all amounts agree with PortOne's ledger."""
    quiet(system)
    app = _reader(system)
    settings = services_of(app).settings
    with app.app_context():
        assert audit.check(audit.Rules(settings.due_limit, settings.portone_environment)) == []
    ours = {imp_uid: (amount, cancelled) for imp_uid, amount, cancelled in system.rows(MONEY)}
    theirs = {
        imp_uid: (entry["amount"], entry["cancel_amount"])
        for imp_uid, entry in system.portone.ledger().items()
        if entry["paid_at"]
    }
    assert ours == theirs


@cache
def _reader(system: System) -> Flask:
    """An application on the system's database, which is made once: its statements are compiled once as well."""
    return create_app(load(system.environment.environ), background=True)
