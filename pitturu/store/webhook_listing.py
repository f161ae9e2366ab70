"""Webhooks as operators list them: newest first, in pages that are read from an index whatever the filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import defer

from pitturu.extensions import db
from pitturu.store import paging
from pitturu.store.paging import newest_first
from pitturu.store.webhooks import DeliveryState, WebhookDelivery


@dataclass(frozen=True)
class DeliveryFilter:
    """Which webhooks to list: of this state, that arrived from `since` (inclusive) until `until` (exclusive), of this
    order number; `before` is the last one of the previous page."""

    state: DeliveryState | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: str | None = None
    before: tuple[datetime, UUID] | None = None


def page(wanted: DeliveryFilter, limit: int) -> Sequence[WebhookDelivery]:
    """Webhooks without their bodies, newest first, at most `limit`."""
    query = select(WebhookDelivery).options(defer(WebhookDelivery.body, raiseload=True))
    if wanted.state is not None:
        # Written into the statement, so that partial indexes of a state are used whatever the plan.
        state: BindParameter[str] = bindparam("state", wanted.state.value, literal_execute=True)
        query = query.where(WebhookDelivery.state == state)
    if wanted.since is not None:
        query = query.where(WebhookDelivery.received_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(WebhookDelivery.received_at < wanted.until)
    if wanted.order is not None:
        query = query.where(WebhookDelivery.merchant_uid == wanted.order)
    return db.session.scalars(newest_first(query, WebhookDelivery, wanted.before, limit)).all()


def count(order: str) -> int:
    """How many webhooks name this order number."""
    return paging.total(select(WebhookDelivery.id).where(WebhookDelivery.merchant_uid == order))


def by_id(key: UUID) -> WebhookDelivery | None:
    """The webhook with this id, with its body."""
    return db.session.get(WebhookDelivery, key)
