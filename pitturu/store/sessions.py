"""Payment sessions: one order of a buyer, from checkout to payment or refund."""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, SmallInteger, String, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import OPEN, SessionStatus
from pitturu.domain.provider import Generation, VirtualAccount
from pitturu.domain.references import LONGEST_REFERENCE
from pitturu.extensions import db
from pitturu.store.base import Base, Created, DueRow, Moment, one_of

OPEN_SLOT_INDEX: Final = "uq_payment_sessions_open_slot"
OPEN_ITEM_INDEX: Final = "uq_payment_sessions_open_item"

JOBS: Final = (JobName.PREPARE, JobName.VERIFY, JobName.EXPIRE)
"""What `next_job` may be."""

ASKED: Final = ("cash_receipt_purpose", "cash_receipt_masked")
"""What is shown of the cash receipt that a buyer wants."""

_DATA_KEPT: Final = "due_at IS NULL AND buyer_erased_at IS NULL"
"""SQL for: the buyer's data is there and nothing is due. A session enters these indexes at its end, not when it is
made."""

BUYER_KNOWN: Final = "buyer_erased_at IS NULL AND status <> 'created'"
"""SQL for: operators find the session by its buyer's data. Like above: opening a session does not write these indexes,
the worker that registers it does."""

BUYER_NAME: Final = 'lower(buyer_name COLLATE "C")'
BUYER_EMAIL: Final = 'lower(buyer_email COLLATE "C")'
BUYER_TEL: Final = """reverse(translate(buyer_tel COLLATE "C", '+- ', ''))"""
"""SQL for what is compared of the buyer's data. In the order of code points beginnings are ranges, in any locale; only
letters of ASCII have a case."""


def _deadline(context: DefaultExecutionContext) -> datetime:
    """`watch_until` of a new session is its deadline."""
    expires_at: datetime = context.get_current_parameters()["expires_at"]  # type: ignore[no-untyped-call]
    return expires_at


class SessionFacts:
    """Properties that follow from a session's columns, for an ORM row as well as a plain one."""

    if TYPE_CHECKING:
        status: Any
        due_at: Any
        next_job: Any
        vbank_code: Any
        vbank_name: Any
        vbank_number: Any
        vbank_holder: Any
        vbank_due_at: Any

    @property
    def state(self) -> SessionStatus:
        """The status as an enum."""
        return SessionStatus(self.status)

    @property
    def is_open(self) -> bool:
        """Whether the buyer may still pay."""
        return self.state in OPEN

    @property
    def settled(self) -> bool:
        """Whether polling can stop: closed or paid, and no verification is due."""
        return not self.is_open and not self.asked_about

    @property
    def asked_about(self) -> bool:
        """Whether PortOne is being asked because a browser reported the end of a window."""
        return self.due_at is not None and self.next_job == JobName.VERIFY

    @property
    def virtual_account(self) -> VirtualAccount | None:
        """The account that the buyer transfers the money to, if one was issued."""
        if self.vbank_number is None:
            return None
        return VirtualAccount(
            bank_code=self.vbank_code or "",
            bank_name=self.vbank_name or "",
            number=self.vbank_number,
            holder=self.vbank_holder or "",
            due_at=self.vbank_due_at,
        )


class PaymentSession(SessionFacts, DueRow, Created, Base):
    """Amounts in won. `item_id`, `item_name`, `unit_price` and `quantity` are those of the first of `line_count` lines.

    `items_total` is the sum of the lines; `tax_free_amount` is the part of `amount` that contains no VAT. `stock_held`
    is the sum of the pieces that the lines hold of their items' stock. `open_slot` is the number of the session among
    the user's open ones, null when it is closed or was replaced by a newer one.

    `consents` are the texts that the buyer agreed to, each with its version and the time; null if there were none.
    `reference` is the shop's own number of the order. Sessions may share one: an unpaid order is tried again.
    `event_count` is the sequence number of its last event for the shop's own systems.

    `cash_receipt_purpose` is null if the buyer was not asked; whom the receipt is issued to is stored encrypted, and
    masked for those who see the order (`store/cash_receipts.py`).

    `expires_at` is the deadline of the buyer's next step; until `watch_until` a payment may still arrive.
    `held_since` is when a session began that this one replaced, the first of several; null if it replaced none.
    `window_until` is the deadline that opening the payment window gives; null when it was opened, or the time ended.
    """

    __tablename__ = "payment_sessions"
    __table_args__ = (
        CheckConstraint("amount > 0 AND quantity > 0 AND amount = items_total + shipping - discount", name="amount"),
        CheckConstraint("items_total >= unit_price * quantity AND shipping >= 0 AND discount >= 0", name="totals"),
        CheckConstraint("line_count > 1 OR items_total = unit_price * quantity", name="one_line"),
        CheckConstraint("tax_free_amount BETWEEN 0 AND amount", name="tax_free_amount"),
        CheckConstraint("stock_held >= 0", name="stock_held"),
        one_of("status", SessionStatus),
        CheckConstraint("(due_at IS NULL) OR (next_job IS NOT NULL)", name="due_job"),
        one_of("generation", Generation),
        CheckConstraint("status <> 'paid' OR (paid_at IS NOT NULL AND imp_uid IS NOT NULL)", name="paid"),
        Index("ix_payment_sessions_due", "next_job", "due_at", postgresql_where="due_at IS NOT NULL"),
        Index("ix_payment_sessions_user", "user_username", "created_at", "id"),
        Index("ix_payment_sessions_dead", "dead_at", postgresql_where="dead_at IS NOT NULL"),
        Index(OPEN_SLOT_INDEX, "user_username", "open_slot", unique=True, postgresql_where="open_slot IS NOT NULL"),
        Index(OPEN_ITEM_INDEX, "user_username", "item_id", unique=True, postgresql_where="open_slot IS NOT NULL"),
        Index("ix_payment_sessions_unpaid_data", "created_at", postgresql_where=f"paid_at IS NULL AND {_DATA_KEPT}"),
        Index("ix_payment_sessions_paid_data", "paid_at", postgresql_where=f"paid_at IS NOT NULL AND {_DATA_KEPT}"),
        Index("ix_payment_sessions_mismatched", "id", postgresql_where="status = 'mismatched'"),
        Index(
            "ix_payment_sessions_reference",
            *("reference", "created_at", "id"),
            postgresql_where="reference IS NOT NULL",
        ),
        Index("ix_payment_sessions_created", "created_at", "id"),
        Index("ix_payment_sessions_buyer_name", text(BUYER_NAME), postgresql_where=BUYER_KNOWN),
        Index("ix_payment_sessions_buyer_email", text(BUYER_EMAIL), postgresql_where=BUYER_KNOWN),
        Index("ix_payment_sessions_buyer_tel", text(BUYER_TEL), postgresql_where=BUYER_KNOWN),
    )

    session_id: Mapped[str] = mapped_column(String(255), unique=True)
    merchant_uid: Mapped[str] = mapped_column(String(255), unique=True)
    user_username: Mapped[str] = mapped_column(String(255), ForeignKey("users.username", onupdate="CASCADE"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"))
    item_name: Mapped[str] = mapped_column(String(255))
    unit_price: Mapped[int]
    reference: Mapped[str | None] = mapped_column(String(LONGEST_REFERENCE))
    amount: Mapped[int]
    items_total: Mapped[int]
    shipping: Mapped[int] = mapped_column(default=0, server_default="0")
    discount: Mapped[int] = mapped_column(default=0, server_default="0")
    tax_free_amount: Mapped[int] = mapped_column(default=0, server_default="0")
    currency: Mapped[str] = mapped_column(String(10), default="KRW", server_default="KRW")
    quantity: Mapped[int] = mapped_column(default=1, server_default="1")
    line_count: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    stock_held: Mapped[int] = mapped_column(default=0, server_default="0")
    open_slot: Mapped[int | None] = mapped_column(SmallInteger)
    status: Mapped[str] = mapped_column(String(50), default="created", server_default="created")
    provider_status: Mapped[str | None] = mapped_column(String(50))
    generation: Mapped[str] = mapped_column(String(10), default="v1", server_default="v1")
    pay_method: Mapped[str | None] = mapped_column(String(20))
    buyer_name: Mapped[str] = mapped_column(String(255))
    buyer_email: Mapped[str] = mapped_column(String(255))
    buyer_tel: Mapped[str] = mapped_column(String(255))
    buyer_addr: Mapped[str | None] = mapped_column(String(500))
    buyer_postcode: Mapped[str | None] = mapped_column(String(20))
    cash_receipt_purpose: Mapped[str | None] = mapped_column(String(10))
    cash_receipt_masked: Mapped[str | None] = mapped_column(String(20))
    cash_receipt_encrypted: Mapped[bytes | None]
    redirect_url: Mapped[str | None] = mapped_column(String(500))
    language: Mapped[str] = mapped_column(String(10), default="ko", server_default="ko")
    app_scheme: Mapped[str | None] = mapped_column(String(100))
    consents: Mapped[list[dict[str, str]] | None] = mapped_column(JSONB(none_as_null=True))
    imp_uid: Mapped[str | None] = mapped_column(String(255))
    fail_reason: Mapped[str | None] = mapped_column(String(500))
    vbank_code: Mapped[str | None] = mapped_column(String(10))
    vbank_name: Mapped[str | None] = mapped_column(String(50))
    vbank_number: Mapped[str | None] = mapped_column(String(50))
    vbank_holder: Mapped[str | None] = mapped_column(String(100))
    vbank_due_at: Mapped[datetime | None] = mapped_column(Moment)
    event_count: Mapped[int] = mapped_column(default=0, server_default="0")
    next_job: Mapped[str | None] = mapped_column(String(30))
    webhooks_wait_until: Mapped[datetime | None] = mapped_column(Moment)
    webhook_questions: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    webhook_questions_since: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    expires_at: Mapped[datetime] = mapped_column(Moment)
    watch_until: Mapped[datetime] = mapped_column(Moment, default=_deadline)
    window_until: Mapped[datetime | None] = mapped_column(Moment)
    held_since: Mapped[datetime | None] = mapped_column(Moment)
    prepared_at: Mapped[datetime | None] = mapped_column(Moment)
    reopened_at: Mapped[datetime | None] = mapped_column(Moment)
    buyer_erased_at: Mapped[datetime | None] = mapped_column(Moment)
    paid_at: Mapped[datetime | None] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(
        Moment, default=clock.now, onupdate=clock.now, server_default=func.now()
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it as a class attribute

    @classmethod
    def due_parts(cls) -> tuple[ColumnElement[bool], ...]:
        """SQL for: the sessions of each kind of work, by which their index begins."""
        return tuple(cls.next_job == job for job in JOBS)

    def plan(self, job: JobName, at: datetime) -> None:
        """Schedule the next job of this session, in place of the one that was scheduled."""
        self.next_job, self.due_at, self.attempts, self.dead_at = job, at, 0, None


class SessionRow(SessionFacts, SimpleNamespace):
    """A read-only session: its columns as they were when they were read."""


AnySession = PaymentSession | SessionRow


def count(generation: str, statuses: Collection[str]) -> int:
    """How many sessions of this generation have one of these statuses."""
    query = select(func.count()).where(PaymentSession.generation == generation, PaymentSession.status.in_(statuses))
    return db.session.scalars(query.select_from(PaymentSession)).one()


def totals_of(session_key: UUID) -> Mapping[str, Any]:
    """The public id of an existing session, what it costs, and which cash receipt its buyer wants."""
    names = "session_id", "items_total", "shipping", "discount", "tax_free_amount", *ASKED
    columns = [getattr(PaymentSession, name) for name in names]
    return db.session.execute(select(*columns).where(PaymentSession.id == session_key)).one()._asdict()
