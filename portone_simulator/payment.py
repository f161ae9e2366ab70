"""A payment as PortOne shows it, and the internal state that PortOne does not show."""

from dataclasses import dataclass, field
from typing import Any

READY, PAID, FAILED, CANCELLED = "ready", "paid", "failed", "cancelled"
STATUSES = (READY, PAID, CANCELLED, FAILED)

Json = dict[str, Any]


def digits_of(imp_uid: str) -> str:
    """The last twelve digits of an id; zeros in front if it has fewer."""
    return "".join(filter(str.isdigit, imp_uid))[-12:].zfill(12)


@dataclass(frozen=True)
class Cancellation:
    """One executed cancel, full or partial."""

    pg_tid: str
    amount: int
    cancelled_at: int
    reason: str
    cancellation_id: str
    receipt_url: str | None = None
    tax_free: int = 0
    vat: int = 0

    def public(self) -> Json:
        """An entry of `cancel_history` in the REST API, which does not show taxes."""
        return {name: value for name, value in vars(self).items() if name not in ("tax_free", "vat")}


@dataclass(frozen=True)
class AskedCancel:
    """A cancel that V2 accepted and the PG has not executed: `REQUESTED`, or `FAILED` in the end."""

    cancellation_id: str
    amount: int
    reason: str
    asked_at: int
    status: str = "REQUESTED"
    tax_free: int = 0
    vat: int = 0


@dataclass(frozen=True)
class Dispute:
    """A charge that the buyer disputes at the card company."""

    reason: str
    created_at: int
    resolved_at: int = 0


@dataclass(frozen=True)
class CashReceipt:
    """A cash receipt; `manual` says that it was issued through the API, not with the payment."""

    number: str
    kind: str
    amount: int
    tax_free: int
    vat: int
    issued_at: int
    manual: bool = True
    cancelled_at: int = 0


@dataclass(frozen=True)
class Internals:
    """Internal state: callback URLs, and the sequence of events."""

    generation: str = "v1"
    channel_key: str = ""
    tax_free: int = 0
    vat: int | None = None
    approval_pending: bool = False
    pending_since: int = 0
    refused_by_shop: bool = False
    asked_cancels: tuple[AskedCancel, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    cash_receipts: tuple[CashReceipt, ...] = ()
    notice_urls: tuple[str, ...] = ()
    confirm_url: str | None = None
    m_redirect_url: str | None = None
    vbank_due: int | None = None
    installments: tuple[int, ...] | None = None
    shipment: Json | None = None
    window_open: bool = True
    webhook_used: bool = False
    cancelled_at_pg: bool = False
    depositor: str | None = None
    started_no: int = 0
    updated_no: int = 0


@dataclass(frozen=True)
class Payment:
    """One attempt to pay: field names, types and empty values are those of `GET /payments/{imp_uid}`.

    Amounts are whole numbers of the currency; times are unix seconds, 0 for an event that has not happened.
    """

    imp_uid: str
    merchant_uid: str
    amount: int
    pay_method: str = "card"
    channel: str = "pc"
    pg_provider: str = "html5_inicis"
    emb_pg_provider: str | None = None
    pg_tid: str | None = None
    pg_id: str | None = None
    sandbox: bool = False
    escrow: bool = False
    apply_num: str | None = None
    bank_code: str | None = None
    bank_name: str | None = None
    card_code: str | None = None
    card_name: str | None = None
    card_issuer_code: str | None = None
    card_issuer_name: str | None = None
    card_publisher_code: str | None = None
    card_publisher_name: str | None = None
    card_quota: int = 0
    card_number: str | None = None
    card_type: int | None = None
    vbank_code: str | None = None
    vbank_name: str | None = None
    vbank_num: str | None = None
    vbank_holder: str | None = None
    vbank_date: int | None = 0
    vbank_issued_at: int | None = 0
    name: str | None = None
    cancel_amount: int = 0
    currency: str = "KRW"
    buyer_name: str | None = None
    buyer_email: str | None = None
    buyer_tel: str | None = None
    buyer_addr: str | None = None
    buyer_postcode: str | None = None
    custom_data: str | None = None
    user_agent: str | None = None
    status: str = READY
    started_at: int = 0
    paid_at: int = 0
    failed_at: int = 0
    cancelled_at: int = 0
    fail_reason: str | None = None
    cancel_reason: str | None = None
    receipt_url: str | None = None
    cancel_history: tuple[Cancellation, ...] = ()
    cancel_receipt_urls: tuple[str, ...] = ()
    cash_receipt_issued: bool = False
    customer_uid: str | None = None
    customer_uid_usage: str | None = None
    promotion: None = None
    behind: Internals = field(default_factory=Internals)

    @property
    def remaining(self) -> int:
        """The amount that can still be cancelled."""
        return self.amount - self.cancel_amount

    @property
    def abandoned(self) -> bool:
        """Whether the buyer closed the window without a payment or an account."""
        return self.status == READY and not self.behind.window_open and self.vbank_num is None

    @property
    def pending_cancels(self) -> int:
        """The amount of cancels that the PG has not decided about yet; it cannot be cancelled a second time."""
        return sum(each.amount for each in self.behind.asked_cancels if each.status == "REQUESTED")

    @property
    def received(self) -> bool:
        """Whether money was ever received."""
        return self.paid_at > 0

    def public(self) -> Json:
        """The payment object of the REST API."""
        shown = {name: value for name, value in vars(self).items() if name != "behind"}
        return shown | {"cancel_history": [entry.public() for entry in self.cancel_history]}

    @property
    def v2(self) -> bool:
        """Whether it was made through V2: its `imp_uid` is then the `transactionId`."""
        return self.behind.generation == "v2"

    @classmethod
    def restored(cls, stored: Json) -> "Payment":
        """The payment from its JSON."""
        behind = dict(stored["behind"])
        behind["notice_urls"] = tuple(behind["notice_urls"])
        behind["asked_cancels"] = tuple(AskedCancel(**entry) for entry in behind.get("asked_cancels", ()))
        offered = behind.get("installments")
        behind["installments"] = None if offered is None else tuple(offered)
        behind["disputes"] = tuple(Dispute(**entry) for entry in behind.get("disputes", ()))
        behind["cash_receipts"] = tuple(CashReceipt(**entry) for entry in behind.get("cash_receipts", ()))
        history = tuple(Cancellation(**entry) for entry in stored["cancel_history"])
        receipts = tuple(stored["cancel_receipt_urls"])
        parts = {"behind": Internals(**behind), "cancel_history": history, "cancel_receipt_urls": receipts}
        return cls(**{**stored, **parts})


@dataclass(frozen=True)
class Preparation:
    """An amount registered before the window opens; with `currency` None the currency is not compared."""

    merchant_uid: str
    amount: int
    currency: str | None = None
