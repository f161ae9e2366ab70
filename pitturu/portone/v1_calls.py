"""The requests that we send to PortOne V1, as data."""

from collections.abc import Sequence
from typing import Final

from pitturu.domain import money
from pitturu.domain.banks import BankNotSupported, bank_name, refund_bank
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.escrow import V1_CODES, Party, ShipmentOrder
from pitturu.domain.provider import CancelOrder, RefundAccount
from pitturu.portone.call import Call, check_amount, segment

ATTEMPTS: Final = 100
"""The largest number of payments requested per order. They are sorted by `-paid`, so those with money come first: a
buyer who opens a thousand windows displaces only empty attempts, and cannot make us read megabytes at each query."""

REASON_LENGTH: Final = 256
"""Maximum length of a cancel's reason that PortOne accepts."""

NAVERPAY: Final = "naverpay"
"""The PG that wants to know who asks for a cancel."""

KEY_REFUSED: Final = "hashdata"
"""Lower-case text in a refusal of KG Inicis when `pg_api_key` is missing or wrong."""

_AGAIN: Final = (
    "Set it to the API key that KG Inicis' merchant administration shows, and restart the workers. The account is then"
    " withdrawn by itself, or at once by replaying."
)
NO_KEY: Final = (
    f"KG Inicis withdraws a virtual account only with its own key. PORTONE_INICIS_API_KEY is not set. {_AGAIN}"
)
WRONG_KEY: Final = f"KG Inicis does not accept the key in PORTONE_INICIS_API_KEY. {_AGAIN}"


def prepare(order_id: str, amount: int) -> Call:
    """Register the amount of an order. Safe to repeat: a second registration changes nothing."""
    body = {"merchant_uid": order_id, "amount": amount, "currency": money.CURRENCY}
    return Call("payments.prepare", "POST", "/payments/prepare", subject=order_id, body=body)


def attempts(order_id: str) -> Call:
    """All payments of an order number, those with money first."""
    query = {"limit": str(ATTEMPTS), "sorting": "-paid"}
    return Call("payments.findAll", "GET", f"/payments/findAll/{segment(order_id)}", subject=order_id, query=query)


def several(order_ids: Sequence[str]) -> Call:
    """Payments of several order numbers, 100 at most. PortOne does not say whether all attempts are listed."""
    query = {"merchant_uid[]": order_ids}
    return Call("payments.list", "GET", "/payments", subject=f"{len(order_ids)} orders", query=query)


def listing(since: int, until: int, number: int, size: int) -> Call:
    """One page of all payments between two unix seconds, both inclusive and at most 90 days apart.

    Each payment is listed under the time of its present status. The oldest come first, so that new payments are
    appended, and do not shift the pages that are still to be read.
    """
    span = {"from": str(since), "to": str(until)}
    query = {**span, "page": str(number), "limit": str(size), "sorting": "started"}
    return Call("payments.status", "GET", "/payments/status/all", subject=f"page {number}", query=query)


def payment(imp_uid: str, *, sandbox: bool) -> Call:
    """One payment. Since 2026-01 PortOne hides payments of test channels here unless asked to include them."""
    query = {"include_sandbox": "true"} if sandbox else {}
    return Call("payments.get", "GET", f"/payments/{segment(imp_uid)}", subject=imp_uid, query=query)


def cancel(order: CancelOrder) -> Call:
    """Refund money. Raises GatewayError (STOP) for an order that must not be sent to PortOne."""
    check_amount(order)
    body: dict[str, object] = {
        "imp_uid": order.payment.provider_id,
        "amount": order.amount,
        "checksum": order.balance,
        "reason": order.reason[:REASON_LENGTH],
    }
    if order.tax_free is not None:
        body["tax_free"] = order.tax_free
    if order.pg_provider == NAVERPAY:
        body["extra"] = {"requester": "customer" if order.by_buyer else "admin"}
    if order.refund_account is not None:
        body |= _refund(order.pg_provider, order.refund_account)
    return Call(
        "payments.cancel", "POST", "/payments/cancel", subject=order.payment.provider_id, moves_money=True, body=body
    )


def revoke(imp_uid: str, pg_api_key: str = "") -> Call:
    """Withdraw a virtual account without a deposit. `pg_api_key` is for KG Inicis only."""
    key = {"pg_api_key": pg_api_key} if pg_api_key else {}
    path = f"/vbanks/{segment(imp_uid)}"
    return Call("vbanks.revoke", "DELETE", path, subject=imp_uid, moves_money=True, secret_query=key)


def ship(order: ShipmentOrder) -> Call:
    """Register a shipment, or change it."""
    sent_at = int(order.sent_at.timestamp())
    body: dict[str, object] = {
        "sender": _party(order.sender),
        "receiver": _party(order.receiver),
        "logis": {"company": V1_CODES[order.carrier], "invoice": order.invoice, "sent_at": sent_at},
    }
    uid = order.payment.provider_id
    method = "PUT" if order.change else "POST"
    return Call("escrows.ship", method, f"/escrows/logis/{segment(uid)}", subject=uid, moves_money=True, body=body)


def shipment(imp_uid: str) -> Call:
    """The shipment that is registered."""
    return Call("escrows.shipment", "GET", f"/escrows/logis/{segment(imp_uid)}", subject=imp_uid)


def _party(party: Party) -> dict[str, str]:
    """Without what is not known: which of it a PG needs differs."""
    fields = {"name": party.name, "tel": party.tel, "addr": party.address, "postcode": party.postcode}
    return {name: value for name, value in fields.items() if value}


def channels() -> Call:
    """The contracts of this account with PGs."""
    return Call("users.pg", "GET", "/users/pg")


def _refund(pg_provider: str, account: RefundAccount) -> dict[str, str]:
    try:
        bank = refund_bank(pg_provider, account.bank)
    except BankNotSupported as error:
        words = (
            f"{pg_provider} cannot refund to {bank_name(account.bank)}. Ask the buyer for an account at another bank."
        )
        raise GatewayError(Reaction.STOP, words) from error
    fields = {"refund_holder": account.holder, "refund_bank": bank, "refund_account": account.number}
    return fields | ({"refund_tel": account.tel} if account.tel else {})
