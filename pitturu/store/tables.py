"""Imports every table, so that migrations and tests see the whole schema."""

from importlib import import_module
from typing import Final

MODULES: Final = (
    "users",
    "items",
    "sessions",
    "payment_lines",
    "history",
    "cancellations",
    "webhooks",
    "events",
    "inventory",
    "idempotency",
    "heartbeats",
    "audit_findings",
    "reconciliations",
)


def import_all() -> None:
    """Register every table with SQLAlchemy."""
    for module in MODULES:
        import_module(f"pitturu.store.{module}")
