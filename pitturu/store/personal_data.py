"""What is stored about a user, to be given to that user: as plain values, without what others wrote for themselves."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Executable, Row, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from pitturu.store import account_codes, account_emails, inventory, logins, second_factors, users
from pitturu.store.account_codes import CodePurpose
from pitturu.store.base import any_of
from pitturu.store.cancellations import Cancellation
from pitturu.store.cash_receipts import CashReceipt
from pitturu.store.events import PaymentEvent
from pitturu.store.history import Payment
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import PaymentSession
from pitturu.store.shipments import EscrowShipment
from pitturu.store.unit_of_work import UnitOfWork

BATCH: Final = 100
"""Orders that are read at once."""

Values = dict[str, Any]
Read = Callable[[Executable, dict[str, Any]], Sequence[Row[Any]]]

_ORDER: Final = (
    *("session_id", "merchant_uid", "reference", "status", "created_at", "paid_at", "amount", "items_total"),
    *("shipping", "discount", "tax_free_amount", "currency", "generation", "pay_method", "language", "fail_reason"),
    *("buyer_name", "buyer_email", "buyer_tel", "buyer_addr", "buyer_postcode", "buyer_erased_at", "vbank_name"),
    *("vbank_number", "vbank_holder", "vbank_due_at", "consents", "cash_receipt_purpose", "cash_receipt_masked"),
)
_LINE: Final = ("item_id", "item_name", "unit_price", "quantity", "tax_free", "fulfilment", "begun_at", "delivered_at")
_PAYMENT: Final = (
    *("payment_id", "imp_uid", "status", "amount", "cancelled_amount", "currency", "pay_method", "pg_provider"),
    *("receipt_url", "fail_reason", "created_at", "paid_at", "installment_months", "escrow_status"),
)
_REFUND: Final = (
    *("cancellation_id", "kind", "stage", "amount", "reason", "refund_bank", "refund_number", "refund_holder"),
    *("refusal", "receipt_url", "created_at", "decided_at"),
)
_RECEIPT: Final = ("receipt_id", "stage", "self_issued", "amount", "number", "url", "issued_at", "cancelled_at")
_SHIPMENT: Final = ("shipment_id", "carrier", "invoice", "sent_at", "stage", "registered_at")
_EVENT: Final = ("at", "kind", "from_status", "to_status", "amount", "cause", "origin")
_LOGIN: Final = ("created_at", "last_used_at", "expires_at", "address", "user_agent", "second_factor")

_PARTS: Final[Mapping[str, tuple[Any, Sequence[str], InstrumentedAttribute[Any]]]] = {
    "lines": (PaymentLine, _LINE, PaymentLine.position),
    "payments": (Payment, _PAYMENT, Payment.created_at),
    "refunds": (Cancellation, _REFUND, Cancellation.number),
    "cash_receipts": (CashReceipt, _RECEIPT, CashReceipt.created_at),
    "shipments": (EscrowShipment, _SHIPMENT, EscrowShipment.sent_at),
    "events": (PaymentEvent, _EVENT, PaymentEvent.id),
}
"""What belongs to an order: the table, its columns, and their order. Accounts for refunds and numbers of cash receipts
are masked as everywhere."""


def account(work: UnitOfWork, username: str) -> Values:
    """The account itself: e-mail, second factor, logins, and what the user owns. Raises UnknownDataKey."""
    user, email = users.by_username(username), account_emails.of_user(username)
    waiting = account_codes.pending(username, CodePurpose.EMAIL)
    factor = second_factors.active(work, username)
    return {
        "account": {
            "username": username,
            "role": user and user.role,
            "created_at": user and user.created_at,
            "email": email and email.address,
            "email_verified_at": email and email.verified_at,
            "email_to_verify": waiting and waiting.address,
            "second_factor_since": factor and factor.confirmed_at,
        },
        "logins": [{name: getattr(login, name) for name in _LOGIN} for login in logins.of_user(username)],
        "owned": [
            dict(zip(("item_id", "item_name", "quantity", "updated_at"), entry, strict=True))
            for entry in inventory.of_user(username)
        ],
    }


def orders(read: Read, username: str) -> Iterator[list[Values]]:
    """All orders of the user with all that belongs to them, oldest first, a batch at a time."""
    after: tuple[datetime, UUID] | None = None
    while True:
        place = PaymentSession.created_at, PaymentSession.id
        query = select(*place, *_columns(PaymentSession, _ORDER)).where(PaymentSession.user_username == username)
        if after is not None:
            query = query.where(tuple_(*place) > after)
        rows = read(query.order_by(*place).limit(BATCH), {})
        if not rows:
            return
        keys = [row.id for row in rows]
        parts = {name: _parts(read, keys, *part) for name, part in _PARTS.items()}
        yield [_values(row, _ORDER) | {name: found[row.id] for name, found in parts.items()} for row in rows]
        after = rows[-1].created_at, rows[-1].id


def _parts(
    read: Read, keys: list[UUID], table: Any, names: Sequence[str], order: InstrumentedAttribute[Any]
) -> Mapping[UUID, list[Values]]:
    query = select(table.session_key, *_columns(table, names)).where(table.session_key == any_of(keys)).order_by(order)
    found: defaultdict[UUID, list[Values]] = defaultdict(list)
    for row in read(query, {}):
        found[row.session_key].append(_values(row, names))
    return found


def _columns(table: Any, names: Sequence[str]) -> list[InstrumentedAttribute[Any]]:
    return [getattr(table, name) for name in names]


def _values(row: Row[Any], names: Sequence[str]) -> Values:
    return {name: getattr(row, name) for name in names}
