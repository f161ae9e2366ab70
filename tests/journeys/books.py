"""Comparisons with PortOne, for journeys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.reconciliation import runs
from pitturu.reconciliation.runs import ReconciliationRequest
from pitturu.reconciliation.window import Window
from pitturu.services import services_of
from pitturu.store.reconciliations import Finding, ReconciliationRun
from pitturu.store.unit_of_work import unit_of_work
from tests.shop import Shop

Turn = Callable[[timedelta], None]


@dataclass(frozen=True)
class Books:
    """One comparison of a shop, and what it found."""

    shop: Shop
    key: UUID

    @property
    def row(self) -> ReconciliationRun:
        """The comparison as it is now."""
        with self.shop.app.app_context():
            return db.session.scalars(select(ReconciliationRun).where(ReconciliationRun.id == self.key)).one()

    @property
    def rows(self) -> list[Finding]:
        """Every finding, in order."""
        query = select(Finding).where(Finding.comparison_key == self.key).order_by(Finding.number)
        with self.shop.app.app_context():
            return list(db.session.scalars(query))

    @property
    def findings(self) -> list[tuple[str, str]]:
        """Kind and state of every finding, except for missing webhooks."""
        return [(one.kind, one.state) for one in self.rows if one.kind != "webhook_missing"]

    @property
    def silent(self) -> list[str]:
        """Attempts with missing webhooks, each as often as a webhook is missing."""
        return [one.provider_id for one in self.rows if one.kind == "webhook_missing"]

    def to_the_end(self, turn: Turn) -> "Books":
        """All of its work, including the wait for answers."""
        for _ in range(30):
            self.shop.drain()
            if self.row.ended_at is not None:
                return self
            turn(timedelta(seconds=30))
        raise AssertionError(f"never ends: {self.row.walk} {self.row.last_error}")


def begin(shop: Shop, days: float = 1, heal: bool = True) -> Books:
    """A comparison of the last days that has not started yet."""
    settings: Settings = services_of(shop.app).settings
    window = Window(clock.now() - timedelta(days=days), clock.now() + timedelta(seconds=2))
    with shop.app.app_context(), unit_of_work() as work:
        return Books(shop, runs.begin(work, ReconciliationRequest(window, "operator", heal), settings, "compare").id)


def compared(shop: Shop, turn: Turn, **how: Any) -> Books:
    """A comparison from beginning to end."""
    return begin(shop, **how).to_the_end(turn)
