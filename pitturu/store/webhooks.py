"""The inbox of webhooks, stored as received before they are acknowledged. Repeated deliveries share one row."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column, synonym

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import autocommit
from pitturu.store.base import Base, DueRow, Moment, looked_up, one_of
from pitturu.store.bulk_insert import plain, rows_of
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhook_outcomes import WebhookOutcome

UNKNOWN_KEPT_FOR: Final = timedelta(days=30)
"""Anyone can post webhooks of unknown orders. A month is enough to look them up; without a limit they fill the disk."""


SURPLUS_AT_ONCE: Final = 2_000
"""More than one worker claims at once, so that the number shrinks."""

IDENTITY: Final = ("generation", "imp_uid", "merchant_uid", "event_status", "provider_cancellation_id", "delivery_id")
"""Columns that are equal in repeated deliveries of one webhook."""


class DeliveryState(StrEnum):
    """`orphaned`: of an order number that we never issued; once it is not due any more, for operators. `ignored`: of no
    payment."""

    PENDING = "pending"
    DONE = "done"
    ORPHANED = "orphaned"
    IGNORED = "ignored"


class WebhookDelivery(DueRow, Base):
    """One webhook; `copies` counts its deliveries, the last of which came at `repeated_at` unless it is the only one.

    `finished_at` is when it was closed; null while it is pending, and for what waits for an operator.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        one_of("state", DeliveryState),
        Index(
            "uq_webhook_deliveries_news",
            *IDENTITY,
            unique=True,
        ),
        Index("ix_webhook_deliveries_due", "due_at", postgresql_where="due_at IS NOT NULL"),
        Index("ix_webhook_deliveries_dead", "dead_at", postgresql_where="dead_at IS NOT NULL"),
        Index(
            "ix_webhook_deliveries_unknown", "received_at", "id", postgresql_where="state IN ('orphaned', 'ignored')"
        ),
        Index("ix_webhook_deliveries_received", "received_at", "id"),
        Index("ix_webhook_deliveries_pending", "received_at", "id", postgresql_where="state = 'pending'"),
    )

    generation: Mapped[str] = mapped_column(String(10), default="v1")
    imp_uid: Mapped[str] = mapped_column(String(64))
    merchant_uid: Mapped[str] = mapped_column(String(64), index=True)
    event_status: Mapped[str] = mapped_column(String(50))
    provider_cancellation_id: Mapped[str] = mapped_column(String(255), default="", server_default="")
    delivery_id: Mapped[str] = mapped_column(String(255), default="", server_default="")
    body: Mapped[bytes] = mapped_column(LargeBinary)
    content_type: Mapped[str] = mapped_column(String(100))
    remote_address: Mapped[str] = mapped_column(String(50))
    copies: Mapped[int] = mapped_column(default=1, server_default="1")
    state: Mapped[str] = mapped_column(String(20), default=DeliveryState.PENDING)
    session_key: Mapped[UUID | None] = mapped_column(ForeignKey("payment_sessions.id"))
    received_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, server_default=func.now())
    repeated_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at = synonym("received_at")
    """What pages of any table are ordered by."""

    @property
    def body_text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.body.decode(errors="replace")

    @property
    def lag(self) -> float | None:
        """Seconds from the arrival, of the last copy, to the end of the work; None while it is not finished."""
        arrived = self.repeated_at or self.received_at
        return None if self.finished_at is None else (self.finished_at - arrived).total_seconds()

    @classmethod
    def unblocked(cls) -> ColumnElement[bool]:
        """SQL for: its order is not being asked about, and has questions left (`webhook_questions`)."""
        return ~session_where(PaymentSession.webhooks_wait_until > clock.now())

    def close(self, claimed_until: datetime, state: DeliveryState = DeliveryState.DONE) -> bool:
        """The work of this claim is finished; a delivery that was repeated meanwhile stays pending. Returns whether
        this closed it: if the lease has ended, another worker may have done so before."""
        self.done(claimed_until)
        if self.due_at is not None or self.finished_at is not None:
            return False
        self.state, self.finished_at = state, clock.now()
        return True


def session_where(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """SQL for: the session of a delivery's order number is like this."""
    own = PaymentSession.merchant_uid == WebhookDelivery.merchant_uid
    return looked_up(select(PaymentSession.id).where(own, condition))


UNKNOWN_STATES: Final = (DeliveryState.ORPHANED, DeliveryState.IGNORED)
_UNKNOWN: Final = WebhookDelivery.state.in_(UNKNOWN_STATES)

_OPEN: Final = (DeliveryState.PENDING, DeliveryState.ORPHANED)
"""States of deliveries that may be due: an order may become known after its webhook."""

_FRESH: Final = insert(WebhookDelivery)
_KEEP: Final = _FRESH.on_conflict_do_update(
    index_elements=IDENTITY,
    set_={
        "copies": WebhookDelivery.copies + 1,
        "attempts": 0,
        "dead_at": None,
        "repeated_at": _FRESH.excluded.received_at,
        **{name: _FRESH.excluded[name] for name in ("state", "due_at", "finished_at", "request_id")},
    },
)


_COUNTED: Final = (
    WebhookDelivery.generation,
    WebhookDelivery.event_status,
    func.coalesce(WebhookDelivery.repeated_at, WebhookDelivery.received_at).label("received_at"),
)
"""The columns of a delivery that its outcome is counted by."""


def _outcomes(closed: CTE) -> Select[Any]:
    """SQL for: write the outcome of these deliveries. It is a query, whose parameters are no columns."""
    names = [*(column.name for column in closed.columns), "outcome", "finished_at"]
    done = literal(DeliveryState.DONE), literal(clock.now(), Moment)
    table: Any = WebhookOutcome.__table__
    written = insert(table).from_select(names, select(*closed.columns, *done), include_defaults=False)
    return select(literal(1)).add_cte(written.cte("outcomes"))


def save(delivery: dict[str, object], *, of_a_payment: bool = True) -> None:
    """Store a delivery, due at once if it is of a payment. It is committed on return, whatever the caller does next.

    A repeated delivery increases `copies` and makes the row due again: it may report a second cancel, because V1
    has ids of cancels only since 2024.
    """
    now = clock.now()
    state = DeliveryState.PENDING if of_a_payment else DeliveryState.IGNORED
    when = {"due_at": now, "finished_at": None} if of_a_payment else {"due_at": None, "finished_at": now}
    autocommit.repeat(_KEEP, {"state": state, "received_at": now} | when | delivery)


def close_answered(session: Session, answered: Mapping[str, tuple[UUID, datetime]]) -> None:
    """Close the pending deliveries of these order numbers that came before PortOne was asked about the order.

    Each order number has the key of its session and the time of the question. Deliveries that another worker has locked
    are left to it.
    """
    names = ("merchant_uid", "session_key", "received_at")
    given = rows_of(WebhookDelivery.__table__, "answered", names)
    earlier = (
        select(WebhookDelivery.id, given.c.session_key)
        .join(given, given.c.merchant_uid == WebhookDelivery.merchant_uid)
        .where(WebhookDelivery.state.in_(_OPEN), WebhookDelivery.due_at <= given.c.received_at)
        .with_for_update(skip_locked=True, of=WebhookDelivery)
        .cte("earlier")
    )
    done = {"state": DeliveryState.DONE, "finished_at": clock.now()}
    change = done | {"due_at": None, "attempts": 0, "last_error": None}
    closed = (
        update(WebhookDelivery)
        .where(WebhookDelivery.id == earlier.c.id)
        .values(change | {"session_key": earlier.c.session_key})
        .returning(*_COUNTED)
        .cte("closed")
    )
    rows = [dict(zip(names, (order, key, at), strict=True)) for order, (key, at) in answered.items()]
    session.execute(_outcomes(closed), {"answered": json.dumps(rows, default=plain)})


def delete_expired() -> None:
    """Delete old webhooks of unknown orders, and of no payment."""
    old = WebhookDelivery.received_at <= clock.now() - UNKNOWN_KEPT_FOR
    db.session.execute(delete(WebhookDelivery).where(_UNKNOWN, old))


def delete_surplus(most: int) -> None:
    """Delete the oldest webhooks of unknown orders, and of no payment, where there are more than `most`."""
    newest_first = WebhookDelivery.received_at.desc(), WebhookDelivery.id.desc()
    surplus = select(WebhookDelivery.id).where(_UNKNOWN).order_by(*newest_first).offset(most).limit(SURPLUS_AT_ONCE)
    # Locked in a query of its own: a lock beside OFFSET is taken on the skipped rows as well, which are kept.
    free = select(WebhookDelivery.id).where(_UNKNOWN, WebhookDelivery.id.in_(surplus)).with_for_update(skip_locked=True)
    db.session.execute(
        delete(WebhookDelivery).where(WebhookDelivery.id.in_(free)).execution_options(synchronize_session=False)
    )
