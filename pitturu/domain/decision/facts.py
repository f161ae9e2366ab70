"""What is known about one order, what PortOne answered about it, and the shop's rules: the input of every decision.

Facts are named tuples: a decision replaces single fields many times, which costs dataclasses five times as much.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from pitturu.domain.cancellation import UNDECIDED, CancelKind, CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.fulfilment import Fulfilment
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import OPEN, SessionStatus
from pitturu.domain.provider import ProviderPayment
from pitturu.domain.verdict import Environment, Verdict

LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""A time before every order, where PortOne tells none."""


class Stock(StrEnum):
    """Whether the pieces of an order are there. HELD also for items that never run out.

    SOLD_OUT is what the caller says after it tried to reserve them anew (`NeedsStock`) and could not.
    """

    HELD = "held"
    RELEASED = "released"
    SOLD_OUT = "sold_out"


class Line(NamedTuple):
    """Pieces of one item in an order. `granted` are those that the buyer owns now. `tax_free`: without VAT.

    `fulfilment` is how far the shop has come with them; `delivered_at` is when the buyer got them, None before.
    """

    key: UUID
    item_id: UUID
    quantity: int
    unit_price: int
    granted: int = 0
    fulfilment: Fulfilment = Fulfilment.NONE
    delivered_at: datetime | None = None
    returnable: bool = True
    tax_free: bool = False


class Due(NamedTuple):
    """The next job of an order and its time."""

    job: JobName
    at: datetime


class Order(NamedTuple):
    """One payment session. Money in won. `discount` was taken off its lines; `tax_free_amount` has no VAT.

    `expires_at` is the deadline of what the buyer is to do next; until `watch_until` money may arrive in some way.
    `window_until` is the deadline once the payment window was opened; None when it was, or the time was ended.
    `account` is the number of the virtual account that waits, or waited, for the deposit; `provider_id` is the attempt
    that issued it or that paid. `reopened_at`: attempts that were declined before this moment decide nothing any more.
    """

    status: SessionStatus
    order_id: str
    amount: int
    currency: str
    lines: tuple[Line, ...]
    stock: Stock
    expires_at: datetime
    watch_until: datetime
    window_until: datetime | None = None
    reopened_at: datetime | None = None
    prepared_at: datetime | None = None
    provider_id: str | None = None
    paid_at: datetime | None = None
    account: str | None = None
    provider_status: str | None = None
    due: Due | None = None
    discount: int = 0
    tax_free_amount: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the buyer may still pay."""
        return self.status in OPEN

    @property
    def pay_until(self) -> datetime:
        """The deadline of a payment whose window is open: nobody may have reported that it is."""
        return self.window_until or self.expires_at


class Claim(NamedTuple):
    """A worker's hold on an order's job: the end of its lease, which identifies it, and the number of the try."""

    until: datetime
    attempts: int

    def holds(self, order: Order) -> bool:
        """Whether the job is still this worker's: nothing else was planned, and no other worker took it over."""
        return order.due is not None and order.due.at == self.until


class KnownPayment(NamedTuple):
    """One attempt at PortOne that moved money, waits for it or was refused. Amounts in won.

    `amount` is what was charged and does not shrink when money goes back; `cancelled` is what went back. `verdict` is
    None until money arrived. `created_at` is when this system saw the attempt first. `installment_months` of a card: 0
    is one sum, None is not reported.
    """

    provider_id: str
    status: SessionStatus
    provider_status: str
    amount: int
    currency: str
    sandbox: bool
    created_at: datetime
    cancelled: int = 0
    verdict: Verdict | None = None
    paid_at: datetime | None = None
    method: str = ""
    pg_provider: str = ""
    fail_reason: str | None = None
    receipt_url: str | None = None
    installment_months: int | None = None
    escrow_status: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether this payment pays its order."""
        return self.verdict is Verdict.ACCEPTED

    @property
    def remaining(self) -> int:
        """Won that have not gone back."""
        return self.amount - self.cancelled


class KnownCancel(NamedTuple):
    """One cancel, requested here or found at PortOne. `amount` in won, 0 for a revoke; `pieces` of lines.

    `tax_free` is the part of the amount without VAT: as requested, and what PortOne was sent once it was. `vat` is that
    of the rest, of payments with a tax-free part only.

    `balance` is the cancellable amount that PortOne was sent with the cancel. `round` counts the refusals after which
    it was sent as another order. `refusal` is PortOne's or our reason against it.

    `requested_by` is the name of the user or operator, None for the system. `reviewed_by` is the operator who approved
    a return, or who named the account for an automatic refund; `approved_by` the second one, for a large cancel.
    """

    id: UUID
    provider_id: str
    kind: CancelKind
    stage: CancelStage
    origin: Origin
    amount: int
    reason: str
    pieces: tuple[tuple[UUID, int], ...] = ()
    tax_free: int = 0
    vat: int = 0
    balance: int | None = None
    round: int = 0
    refusal: str | None = None
    provider_cancellation_id: str | None = None
    receipt_url: str | None = None
    requested_by: str | None = None
    reviewed_by: str | None = None
    approved_by: str | None = None

    @property
    def is_undecided(self) -> bool:
        """Neither executed nor refused."""
        return self.stage in UNDECIDED

    def pieces_of(self, line_key: UUID) -> int:
        """Pieces of this line that come back."""
        return next((number for key, number in self.pieces if key == line_key), 0)


class Facts(NamedTuple):
    """All that is known about one order. `payments` by PortOne's id of the attempt, `cancels` oldest first."""

    order: Order
    payments: Mapping[str, KnownPayment] = MappingProxyType({})
    cancels: tuple[KnownCancel, ...] = ()

    def cancels_of(self, provider_id: str) -> list[KnownCancel]:
        """The cancels of one payment, oldest first."""
        return [cancel for cancel in self.cancels if cancel.provider_id == provider_id]

    @property
    def accepted(self) -> KnownPayment | None:
        """The payment that was accepted for this order, also after it was refunded."""
        return next((payment for payment in self.payments.values() if payment.accepted), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What PortOne showed. `complete` says that these are all attempts to pay the order; `asked_at` is before."""

    shown: tuple[ProviderPayment, ...]
    asked_at: datetime
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """The shop's rules about money. `late_accepted`: money that arrives after the end is kept while stock lasts."""

    environment: Environment
    late_accepted: bool
    vbank_due: timedelta
    deposit_grace: timedelta
    deposit_recheck: timedelta
    late_look: timedelta
