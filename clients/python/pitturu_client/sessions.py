"""Payment sessions: one buyer's order, from the checkout to the payment."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from pitturu_client.orders import Buyer, CartLine
from pitturu_client.transport import Transport, pages

PATH: Final = ("payments", "sessions")
LONGEST_POLL: Final = 25
"""Seconds for which pitturu holds one request."""


class SessionStatus(StrEnum):
    """What a session can be. Compare `session.status` with these; a newer pitturu may have more."""

    CREATED = "created"
    PREPARED = "prepared"
    VERIFYING = "verifying"
    AWAITING_DEPOSIT = "awaiting_deposit"
    PAID = "paid"
    PARTIALLY_CANCELLED = "partially_cancelled"
    CANCELLED = "cancelled"
    FAILED = "failed"
    MISMATCHED = "mismatched"
    EXPIRED = "expired"


class VirtualAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The account to which the buyer transfers the money, until `due_at`."""

    bank_code: str
    bank_name: str
    number: str
    holder: str
    due_at: datetime | None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What happened and what to do next, for the buyer, in Korean and English."""

    ko: str
    en: str


class Checkout(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser needs to open the payment window; pass it on unchanged. `ready` says that the window may open."""

    generation: str
    script_url: str
    user_code: str | None
    ready: bool
    params: dict[str, Any]


class SessionLine(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces of one item in an order, at the price when it was opened."""

    item_id: str
    item_name: str
    unit_price: int
    quantity: int


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One buyer's order. Amounts are whole won: `amount` is `items_total` + `shipping` - `discount`. `item_id`,
    `item_name`, `unit_price` and `quantity` are those of the first line. `settled`: no further change is expected."""

    session_id: str
    merchant_uid: str
    reference: str | None
    user_id: str | None
    status: str
    provider_status: str | None
    generation: str
    item_id: str
    item_name: str
    unit_price: int
    quantity: int
    line_count: int
    lines: list[SessionLine]
    items_total: int
    shipping: int
    discount: int
    amount: int
    tax_free_amount: int
    currency: str
    pay_method: str | None
    buyer_name: str
    buyer_email: str
    buyer_tel: str
    buyer_addr: str | None
    buyer_postcode: str | None
    redirect_url: str | None
    language: str
    app_scheme: str | None
    imp_uid: str | None
    payment_id: str | None
    virtual_account: VirtualAccount | None
    fail_reason: str | None
    message: Message
    settled: bool
    poll_after_ms: int | None
    expires_at: datetime
    paid_at: datetime | None
    created_at: datetime
    updated_at: datetime
    checkout: Checkout | None


class FoundSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session in short; `sessions.get` has all of it."""

    session_id: str
    merchant_uid: str
    reference: str | None
    user_id: str | None
    status: str
    item_name: str
    amount: int
    currency: str
    payment_id: str | None
    expires_at: datetime
    paid_at: datetime | None
    created_at: datetime


class ClientToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token for the browser of one buyer, which reads, pays and closes this session, and nothing else."""

    client_token: str
    token_type: str
    session_id: str
    expires_at: datetime


class _Found(msgspec.Struct, frozen=True):
    items: list[FoundSession]
    next: str | None


class Sessions:
    """`pitturu.sessions`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        *,
        items: Sequence[CartLine],
        buyer: Buyer,
        reference: str | None = None,
        user_id: str | None = None,
        shipping: int | None = None,
        discount: int | None = None,
        idempotency_key: str | None = None,
        **options: Any,
    ) -> Session:
        """Open a session; its price is computed by pitturu.

        With an API key: `reference` is your number of the order, by which `search` finds it; `user_id` is your id of
        the buyer, a new guest without one; `shipping` and `discount` are won.

        `options` are further fields of the request (`pay_method`, `redirect_url`, `language`, `generation`,
        `app_scheme`). Give the number of your order as `idempotency_key`, so that a repeat after a crash of yours
        opens no second session. Raises OutOfStock, ItemRetired, NotFound, InvalidValues and others.
        """
        own = {"reference": reference, "user_id": user_id, "shipping": shipping, "discount": discount}
        lines = [line.fields() for line in items]
        body = {"items": lines, **buyer.fields(), **own, **options}
        return self._transport.post(Session, *PATH, body=body, key=idempotency_key)

    def get(self, session_id: str) -> Session:
        """The session now. Raises NotFound."""
        return self._transport.get(Session, *PATH, session_id)

    def search(
        self, *, reference: str | None = None, user_id: str | None = None, status: str | None = None
    ) -> Iterator[FoundSession]:
        """The sessions of an order or a buyer, newest first. Needs an API key, and one of the first two."""
        query = {"reference": reference, "user_id": user_id, "status": status}
        return pages(lambda cursor: self._transport.get(_Found, *PATH, **query, cursor=cursor))

    def client_token(self, session_id: str) -> ClientToken:
        """A short-lived token for the buyer's browser. Needs an API key. Another one may be had at any time."""
        return self._transport.post(ClientToken, *PATH, session_id, "client-token")

    def wait(self, session_id: str, timeout: float = 60) -> Session:
        """The session once it is settled, or as it is after `timeout` seconds. Nobody is asked needlessly meanwhile.

        A web request should not do this; events tell a shop's server what happened.
        """
        end = time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            seconds = max(0, min(LONGEST_POLL, int(left)))
            session = self._transport.get(Session, *PATH, session_id, wait=seconds)
            if session.settled or end - time.monotonic() < 1:
                return session

    def prepare(self, session_id: str, *, pay_method: str | None = None, language: str | None = None) -> Session:
        """Register the amount again, or change the method or the language. Raises SessionClosed and others."""
        return self._transport.post(
            Session, *PATH, session_id, "prepare", body={"pay_method": pay_method, "language": language}
        )

    def verify(self, *, merchant_uid: str | None = None, imp_uid: str | None = None) -> Session:
        """Have the payment of an order verified with PortOne, after the buyer came back from the payment window."""
        return self._transport.post(
            Session, "payments", "verify", body={"merchant_uid": merchant_uid, "imp_uid": imp_uid}
        )

    def close(self, session_id: str) -> Session:
        """Release the stock of an unpaid session before its time is over."""
        return self._transport.post(Session, *PATH, session_id, "close")
