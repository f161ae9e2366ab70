"""The requests that we send to PortOne V1, as data."""

from typing import Final
from urllib.parse import quote

from pitturu.domain import money
from pitturu.domain.banks import BANKS, BankNotSupported, refund_bank
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import CancelOrder, RefundAccount
from pitturu.portone.call import Call

ATTEMPTS: Final = 100
"""Payments asked for of one order. Sorted by `-paid`, those with money come first: a buyer who opens a thousand
windows pushes only empty attempts off the page, and cannot make us read megabytes for each look."""

REASON_LENGTH: Final = 256
"""Characters of a cancel's reason that PortOne takes."""

KEY_REFUSED: Final = "hashdata"
"""In small letters, what a refusal of KG Inicis names when `pg_api_key` is missing or wrong."""

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
    return Call("payments.findAll", "GET", f"/payments/findAll/{_segment(order_id)}", subject=order_id, query=query)


def listing(since: int, until: int, number: int, size: int) -> Call:
    """One page of all payments between two unix seconds, both included and 90 days apart at the most.

    Each is filed under the time that belongs to its status. The oldest window comes first, so that new payments are
    added at the end, and do not shift the pages that are still to be read.
    """
    span = {"from": str(since), "to": str(until)}
    query = {**span, "page": str(number), "limit": str(size), "sorting": "started"}
    return Call("payments.status", "GET", "/payments/status/all", subject=f"page {number}", query=query)


def payment(imp_uid: str, *, sandbox: bool) -> Call:
    """One payment. Since 2026-01 PortOne hides those of test channels here unless asked to include them."""
    query = {"include_sandbox": "true"} if sandbox else {}
    return Call("payments.get", "GET", f"/payments/{_segment(imp_uid)}", subject=imp_uid, query=query)


def cancel(order: CancelOrder) -> Call:
    """Give money back. Raises GatewayError (STOP) for an order that PortOne must not even see."""
    # To PortOne an amount of 0 means "all that is left".
    if not 0 < order.amount <= order.balance:
        words = f"{order.amount} won cannot be cancelled of {order.balance} won. Nothing was sent."
        raise GatewayError(Reaction.STOP, words)
    body: dict[str, object] = {
        "imp_uid": order.payment.provider_id,
        "amount": order.amount,
        "checksum": order.balance,
        "reason": order.reason[:REASON_LENGTH],
    }
    if order.refund_account is not None:
        body |= _refund(order.pg_provider, order.refund_account)
    return Call(
        "payments.cancel", "POST", "/payments/cancel", subject=order.payment.provider_id, moves_money=True, body=body
    )


def revoke(imp_uid: str, pg_api_key: str = "") -> Call:
    """Withdraw a virtual account that nobody has paid into. `pg_api_key` is for KG Inicis alone."""
    key = {"pg_api_key": pg_api_key} if pg_api_key else {}
    path = f"/vbanks/{_segment(imp_uid)}"
    return Call("vbanks.revoke", "DELETE", path, subject=imp_uid, moves_money=True, secret_query=key)


def channels() -> Call:
    """The PGs that this account has contracts with."""
    return Call("users.pg", "GET", "/users/pg")


def _refund(pg_provider: str, account: RefundAccount) -> dict[str, str]:
    try:
        bank = refund_bank(pg_provider, account.bank)
    except BankNotSupported as error:
        name = BANKS.get(account.bank, account.bank)
        words = f"{pg_provider} cannot refund to {name}. Ask the buyer for an account at another bank."
        raise GatewayError(Reaction.STOP, words) from error
    fields = {"refund_holder": account.holder, "refund_bank": bank, "refund_account": account.number}
    return fields | ({"refund_tel": account.tel} if account.tel else {})


def _segment(name: str) -> str:
    """`name` as one step of a path. Raises GatewayError for those that would make another path of it."""
    if not name.strip("."):
        raise GatewayError(Reaction.STOP, f"No payment has the name {name!r}. Nothing was sent.")
    return quote(name, safe="")
