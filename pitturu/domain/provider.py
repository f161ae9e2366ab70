"""PortOne's payments in one model for both generations of its API, and the protocol for calling it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Generation(StrEnum):
    """Which of PortOne's two APIs a session is paid through."""

    V1 = "v1"
    V2 = "v2"


class PayMethod(StrEnum):
    """Payment methods, as PortOne V1 names them. Their order here is the one in which buyers are offered them."""

    CARD = "card"
    NAVERPAY = "naverpay"
    KAKAOPAY = "kakaopay"
    TOSSPAY = "tosspay"
    SAMSUNGPAY = "samsungpay"
    PAYCO = "payco"
    TRANS = "trans"
    VBANK = "vbank"
    PHONE = "phone"


class ProviderStatus(StrEnum):
    """The status of one attempt at PortOne. A status that we do not know is UNKNOWN and decides nothing.

    PENDING: the buyer approved, and the PG has not decided yet (V2 only).
    """

    READY = "ready"
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


PENDING_WORDS = frozenset({"PENDING", "PAY_PENDING"})
"""V2's statuses for ProviderStatus.PENDING: the first in its lists, the second on the payment itself."""

UNPAID_WORDS = frozenset({"ready", "failed", "cancelled", "READY", "FAILED", "CANCELLED"})
"""Statuses of both generations of an attempt that took no money, and will take none unless the PG changes its mind."""


@dataclass(frozen=True)
class VirtualAccount:
    """The account that the buyer transfers the money to. `due_at` is the deadline of the deposit."""

    bank_code: str
    bank_name: str
    number: str
    holder: str
    due_at: datetime | None


class CancelState(StrEnum):
    """Whether a cancel moved money. V1 reports executed cancels only; PGs behind V2 may take days to decide."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True)
class ProviderCancellation:
    """One cancel that PortOne knows. `cancellation_id` is PortOne's id (empty on old payments).

    `tax_free` is the part of the amount without VAT, `vat` that of the rest; None where PortOne shows neither (V1).
    """

    cancellation_id: str
    amount: int
    reason: str
    cancelled_at: datetime | None
    receipt_url: str = ""
    state: CancelState = CancelState.SUCCEEDED
    tax_free: int | None = None
    vat: int | None = None


@dataclass(frozen=True)
class ProviderPayment:
    """One attempt to pay, as PortOne reports it. Amounts in whole won; a cancel does not reduce `amount`.

    `order_id` is the `merchant_uid` or `paymentId`, `provider_id` the `imp_uid` or `transactionId`. `word` is PortOne's
    own status, unparsed. `exclusive` says that no other attempt of this order can be paid any more, as in V2.
    `cash_receipt_issued`: the PG issued a cash receipt with the payment, whether or not PortOne shows one.
    `installment_months` of a card: 0 is one sum, None is not reported. `escrow_status` is PortOne's word in lower case,
    None without escrow; `escrow_invoice` that of the goods on their way, which V1 shows elsewhere.
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
    installment_months: int | None = None
    escrow_status: str | None = None
    escrow_invoice: str = ""
    virtual_account: VirtualAccount | None = None
    cancellations: tuple[ProviderCancellation, ...] = ()
    exclusive: bool = False
    cash_receipt_issued: bool = False

    @property
    def executed(self) -> tuple[ProviderCancellation, ...]:
        """The cancels that moved money."""
        return tuple(one for one in self.cancellations if one.state is CancelState.SUCCEEDED)

    @property
    def money_came(self) -> bool:
        """Whether the buyer was charged, including payments that were cancelled since."""
        return self.paid_at is not None or self.status is ProviderStatus.PAID

    @property
    def awaits_deposit(self) -> bool:
        """Whether a virtual account was issued and its deposit has not arrived."""
        return self.status is ProviderStatus.READY and self.virtual_account is not None


@dataclass(frozen=True)
class RefundAccount:
    """The account that a deposit to a virtual account is refunded to. `bank` is the 3-digit KFTC code.

    Only the bank is printed: whatever prints a cancel may end in a log.
    """

    bank: str
    number: str = field(repr=False)
    holder: str = field(repr=False)
    tel: str = field(default="", repr=False)

    def masked(self) -> "RefundAccount":
        """Enough for its owner to recognise it: the last four digits, at most half of all, and the first letter."""
        shown = min(4, len(self.number) // 2)
        number = "*" * (len(self.number) - shown) + self.number[len(self.number) - shown :]
        return RefundAccount(self.bank, number, self.holder[:1] + "*" * (len(self.holder) - 1))


@dataclass(frozen=True)
class PaymentRef:
    """The two ids of one attempt: V1 finds it by `provider_id`, V2 by `order_id`."""

    provider_id: str
    order_id: str


@dataclass(frozen=True)
class CancelOrder:
    """One cancel to send: `amount` won of `payment`, whose cancellable `balance` is the one of our records.

    PortOne refuses when its own balance differs (V1's `checksum`, V2's `currentCancellableAmount`), so the same cancel
    sent twice moves money once. `key` identifies this cancel in every try (V2's `Idempotency-Key`). `tax_free` and
    `vat` are parts of the amount; None for a payment that has no tax-free part, where PortOne computes the VAT.
    """

    payment: PaymentRef
    amount: int
    balance: int
    reason: str
    pg_provider: str
    key: str
    by_buyer: bool = True
    refund_account: RefundAccount | None = None
    tax_free: int | None = None
    vat: int | None = None


@dataclass(frozen=True)
class Receipt:
    """PortOne accepted a cancel without showing the payment; the outcome is read next. `cancellation_id` may be ""."""

    cancellation_id: str = ""


@dataclass(frozen=True)
class ProviderEvent:
    """A movement of money, as V2's feed reports it: `amount` won were paid (+) or refunded (-) at `at`."""

    provider_id: str
    order_id: str
    amount: int
    at: datetime | None
    cancellation_id: str = ""


class Gateway(Protocol):
    """One of PortOne's APIs. Every method makes one slow call, and raises GatewayError only."""

    def prepare(self, order_id: str, amount: int, tax_free: int = 0) -> None:
        """Register the amount of an order, so that PortOne refuses a payment window with another amount.

        `tax_free` is the part of it without VAT, which V1 does not register.
        """

    def attempts(self, order_id: str) -> tuple[ProviderPayment, ...]:
        """Every attempt to pay this order, empty when the buyer never opened the payment window."""

    def payment(self, ref: PaymentRef) -> ProviderPayment | None:
        """One attempt, None when PortOne does not know it. V2 returns the order's decisive attempt, perhaps another."""

    def cancel(self, order: CancelOrder) -> ProviderPayment | Receipt:
        """Refund money. Returns the payment as it is afterwards, where PortOne shows it."""

    def revoke(self, ref: PaymentRef, pg_provider: str) -> ProviderPayment | Receipt:
        """Withdraw an unpaid virtual account. Returns the payment as it is afterwards, where PortOne shows it.

        `pg_provider` is PortOne's code of the PG that issued it, "" when PortOne did not say.
        """
