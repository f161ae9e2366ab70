"""PortOne in our own terms: what a payment there looks like, whichever generation of its API told us."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Generation(StrEnum):
    """Which of PortOne's two APIs a session is paid through."""

    V1 = "v1"


class PayMethod(StrEnum):
    """How a buyer may pay, in PortOne V1's words."""

    CARD = "card"
    KAKAOPAY = "kakaopay"
    TRANS = "trans"
    VBANK = "vbank"
    PHONE = "phone"


class ProviderStatus(StrEnum):
    """The states of one attempt at PortOne; a word that we do not know yet is UNKNOWN and decides nothing."""

    READY = "ready"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class VirtualAccount:
    """Where the buyer sends the money. `due_at` is the deadline of the deposit."""

    bank_code: str
    bank_name: str
    number: str
    holder: str
    due_at: datetime | None


@dataclass(frozen=True)
class ProviderCancellation:
    """One cancel that PortOne executed. `cancellation_id` is PortOne's name for it (empty on old payments)."""

    cancellation_id: str
    amount: int
    reason: str
    cancelled_at: datetime | None
    receipt_url: str = ""


@dataclass(frozen=True)
class ProviderPayment:
    """One attempt to pay, as PortOne tells it. Amounts in whole won; `amount` does not shrink on a cancel.

    `order_id` is the `merchant_uid`, `provider_id` the `imp_uid`. `word` is PortOne's own status, unparsed.
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
class CancelOrder:
    """One cancel to send: `amount` won off payment `provider_id`, whose cancellable `balance` we believe to know.

    PortOne refuses when its own balance differs (V1's `checksum`), so the same order sent twice moves money once.
    """

    provider_id: str
    amount: int
    balance: int
    reason: str
    pg_provider: str
    refund_account: RefundAccount | None = None


class Gateway(Protocol):
    """PortOne behind one of its APIs. Every method makes one slow call and raises GatewayError, nothing else."""

    def prepare(self, order_id: str, amount: int) -> None:
        """Register the amount of an order, so that a window opened with another one is refused."""

    def attempts(self, order_id: str) -> tuple[ProviderPayment, ...]:
        """Every attempt to pay this order, empty when the buyer never opened the window."""

    def payment(self, provider_id: str) -> ProviderPayment | None:
        """One attempt by PortOne's own id, None when PortOne does not know it."""

    def cancel(self, order: CancelOrder) -> ProviderPayment:
        """Give money back; the payment as it is afterwards."""

    def revoke(self, provider_id: str) -> ProviderPayment:
        """Withdraw a virtual account that nobody has paid into; the payment as it is afterwards."""
