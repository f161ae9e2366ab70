"""The requests that we send to PortOne V2, as data."""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from pitturu.domain import clock, money
from pitturu.domain.banks import BANKS
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.escrow import Party, ShipmentOrder
from pitturu.domain.provider import CancelOrder, RefundAccount
from pitturu.domain.provider_listing import Page
from pitturu.portone.call import Call, check_amount, segment

REASON_LENGTH: Final = 256
"""Characters of a cancel's reason. V2 names no limit; V1's is kept."""

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{16,256}")
"""The format of an `Idempotency-Key` that PortOne accepts: 16 to 256 of the characters that it recommends."""


class Feed(StrEnum):
    """The lists that PortOne offers with cursors, ordered by time."""

    PAYMENT = "payment"
    EVENT = "payment-event"


Store = Mapping[str, str]
"""How a store of a PortOne account is named in a request; an empty one means the store of the API secret."""


def prepare(store: Store, order_id: str, amount: int, tax_free: int = 0) -> Call:
    """Register the amount of an order. The effect of a second registration is undocumented; ours has the same
    amount."""
    body: dict[str, object] = {**store, "totalAmount": amount, "currency": money.CURRENCY}
    if tax_free:
        body["taxFreeAmount"] = tax_free
    return Call("v2.pre_register", "POST", f"/payments/{segment(order_id)}/pre-register", subject=order_id, body=body)


def payment(store: Store, order_id: str) -> Call:
    """The decisive attempt of an order."""
    return Call("v2.payment", "GET", f"/payments/{segment(order_id)}", subject=order_id, query=store)


def cancel(store: Store, order: CancelOrder) -> Call:
    """Refund money. Raises GatewayError (STOP) for an order that must not be sent to PortOne."""
    check_amount(order)
    order_id = order.payment.order_id
    body: dict[str, object] = {
        **store,
        "amount": order.amount,
        "currentCancellableAmount": order.balance,
        "reason": order.reason[:REASON_LENGTH],
        "requester": "CUSTOMER" if order.by_buyer else "ADMIN",
    }
    if order.tax_free is not None:
        body |= {"taxFreeAmount": order.tax_free, "vatAmount": order.vat}
    if order.refund_account is not None:
        body["refundAccount"] = _refund(order.refund_account)
    return Call(
        "v2.cancel",
        "POST",
        f"/payments/{segment(order_id)}/cancel",
        subject=order_id,
        moves_money=True,
        body=body,
        headers=_idempotent(order.key),
    )


def revoke(store: Store, order_id: str) -> Call:
    """Close a virtual account without a deposit."""
    path = f"/payments/{segment(order_id)}/virtual-account/close"
    return Call("v2.close_account", "POST", path, subject=order_id, moves_money=True, query=store)


def ship(store: Store, order: ShipmentOrder) -> Call:
    """Register a shipment, or change it."""
    logistics = {
        "company": order.carrier.upper(),
        "invoiceNumber": order.invoice,
        "sentAt": clock.rfc3339(order.sent_at),
    }
    body = {**store, "sender": _party(order.sender), "receiver": _party(order.receiver), "logistics": logistics}
    path = f"/payments/{segment(order.payment.order_id)}/escrow/logistics"
    method = "PATCH" if order.change else "POST"
    return Call("v2.ship", method, path, subject=order.payment.order_id, moves_money=True, body=body)


def confirm_escrow(store: Store, order_id: str) -> Call:
    """The buyer confirms the goods of an escrow payment. `fromStore`: the shop says so, not the buyer."""
    path = f"/payments/{segment(order_id)}/escrow/complete"
    body = {**store, "fromStore": True}
    return Call("v2.confirm_escrow", "POST", path, subject=order_id, moves_money=True, body=body)


def _party(party: Party) -> dict[str, object]:
    """Without what is not known: which of it a PG needs differs."""
    fields = {"name": party.name, "phoneNumber": party.tel, "zipcode": party.postcode}
    known: dict[str, object] = {name: value for name, value in fields.items() if value}
    if party.address:
        known["address"] = {"addressLine1": party.address, "addressLine2": ""}
    return known


def latest(store: Store) -> Call:
    """One payment of the store, to check that the secret and the store belong together."""
    return asking("v2.payments", "/payments", {"page": {"number": 0, "size": 1}, "filter": store})


def feed(store: Store, of: Feed, page: Page) -> Call:
    """One page of the store's payments, or of its events, by cursor."""
    span = {"from": clock.rfc3339(page.since), "until": clock.rfc3339(page.until), "size": page.size}
    cursor = {"cursor": page.cursor} if page.cursor else {}
    return asking(f"v2.{of}s", f"/{of}s-by-cursor", {**store, **span, **cursor})


def asking(name: str, path: str, body: Mapping[str, object]) -> Call:
    """A GET with a body, in the form that PortOne's own clients use."""
    return Call(name, "GET", path, query={"requestBody": json.dumps(body, separators=(",", ":"))})


def _idempotent(key: str) -> dict[str, str]:
    """The quotes are part of the header: PortOne parses it as an RFC 8941 string."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"An idempotency key has 16 to 256 of A-Z, a-z, 0-9, - and _, unlike {key!r}.")
    return {"Idempotency-Key": f'"{key}"'}


def _refund(account: RefundAccount) -> dict[str, str]:
    bank = BANKS.get(account.bank)
    if bank is None:
        words = f"PortOne cannot refund to {account.bank}. Ask the buyer for an account at another bank."
        raise GatewayError(Reaction.STOP, words)
    fields = {"bank": bank.v2_name, "number": account.number, "holderName": account.holder}
    return fields | ({"holderPhoneNumber": account.tel} if account.tel else {})
