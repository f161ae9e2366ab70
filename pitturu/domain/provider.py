"""PortOne in our own terms: what a payment there looks like, whichever generation of its API told us."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Generation(StrEnum):
    """Which of PortOne's two APIs a session is paid through."""

    V1 = "v1"
    V2 = "v2"


class PayMethod(StrEnum):
    """How a buyer may pay, in PortOne V1's words."""

    CARD = "card"
    KAKAOPAY = "kakaopay"
    TRANS = "trans"
    VBANK = "vbank"
    PHONE = "phone"


class ProviderStatus(StrEnum):
    """The states of one attempt at PortOne; a word that we do not know yet is UNKNOWN and decides nothing.

    PENDING is a buyer's yes that the PG has not decided about yet (V2 only).
    """

    READY = "ready"
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


PENDING_WORDS = frozenset({"PENDING", "PAY_PENDING"})
"""V2's words for ProviderStatus.PENDING: the first in its lists, the second on the payment itself."""


@dataclass(frozen=True)
class VirtualAccount:
    """Where the buyer sends the money. `due_at` is the deadline of the deposit."""

    bank_code: str
    bank_name: str
    number: str
    holder: str
    due_at: datetime | None


class CancelState(StrEnum):
    """Whether a cancel moved money. V1 tells of executed ones only; PGs behind V2 may take days to decide."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True)
class ProviderCancellation:
    """One cancel that PortOne knows. `cancellation_id` is PortOne's name for it (empty on old payments)."""

    cancellation_id: str
    amount: int
    reason: str
    cancelled_at: datetime | None
    receipt_url: str = ""
    state: CancelState = CancelState.SUCCEEDED


@dataclass(frozen=True)
class ProviderPayment:
    """One attempt to pay, as PortOne tells it. Amounts in whole won; `amount` does not shrink on a cancel.

    `order_id` is the `merchant_uid` or `paymentId`, `provider_id` the `imp_uid` or `transactionId`. `word` is PortOne's
    own status, unparsed. `exclusive` says that no other attempt of this order can be paid any more: of V2's, one can.
    """

    provider_id: str
    order_id: str
    status: ProviderStatus
    word: str
    amount: int
    cancelled_amount: int
    currency: str
    sandbox: bool
    pay_method: str = ""
    pg_provider: str = ""
    started_at: datetime | None = None
    paid_at: datetime | None = None
    fail_reason: str = ""
    receipt_url: str = ""
    virtual_account: VirtualAccount | None = None
    cancellations: tuple[ProviderCancellation, ...] = field(default=())
    exclusive: bool = False

    @property
    def executed(self) -> tuple[ProviderCancellation, ...]:
        """The cancels that moved money."""
        return tuple(one for one in self.cancellations if one.state is CancelState.SUCCEEDED)

    @property
    def money_came(self) -> bool:
        """Whether the buyer was ever charged, be it cancelled since."""
        return self.paid_at is not None or self.status is ProviderStatus.PAID

    @property
    def awaits_deposit(self) -> bool:
        """Whether a virtual account was issued and waits for its money."""
        return self.status is ProviderStatus.READY and self.virtual_account is not None


@dataclass(frozen=True)
class RefundAccount:
    """Where the money of a deposited virtual account goes back to. `bank` is the 3-digit KFTC code."""

    bank: str
    number: str
    holder: str
    tel: str = ""


@dataclass(frozen=True)
class PaymentRef:
    """The two names of one attempt: V1 finds it by `provider_id`, V2 by `order_id`."""

    provider_id: str
    order_id: str


@dataclass(frozen=True)
class CancelOrder:
    """One cancel to send: `amount` won off `payment`, whose cancellable `balance` we believe to know.

    PortOne refuses when its own balance differs (V1's `checksum`, V2's `currentCancellableAmount`), so the same order
    sent twice moves money once. `key` names this very order: it is the same whenever the order is (V2's
    `Idempotency-Key`).
    """

    payment: PaymentRef
    amount: int
    balance: int
    reason: str
    pg_provider: str
    key: str
    by_buyer: bool = True
    refund_account: RefundAccount | None = None


@dataclass(frozen=True)
class Receipt:
    """PortOne took the wish and shows no payment: what came of it is asked next. `cancellation_id` may be ""."""

    cancellation_id: str = ""


@dataclass(frozen=True)
class ProviderEvent:
    """Money that moved, as V2's feed tells it: `amount` won came (+) or went back (-) at the moment `at`."""

    provider_id: str
    order_id: str
    amount: int
    at: datetime | None
    cancellation_id: str = ""


class Gateway(Protocol):
    """PortOne behind one of its APIs. Every method makes one slow call and raises GatewayError, nothing else."""

    def prepare(self, order_id: str, amount: int) -> None:
        """Register the amount of an order, so that a window opened with another one is refused."""

    def attempts(self, order_id: str) -> tuple[ProviderPayment, ...]:
        """Every attempt to pay this order, empty when the buyer never opened the window."""

    def payment(self, ref: PaymentRef) -> ProviderPayment | None:
        """One attempt, None when PortOne does not know it. V2 shows the order's decisive attempt, be it another one."""

    def cancel(self, order: CancelOrder) -> ProviderPayment | Receipt:
        """Give money back; the payment as it is afterwards, where PortOne shows it."""

    def revoke(self, ref: PaymentRef, pg_provider: str) -> ProviderPayment | Receipt:
        """Withdraw a virtual account that nobody has paid into; the payment as it is afterwards, where shown.

        `pg_provider` is PortOne's code of the PG that issued it, "" when PortOne did not say.
        """
