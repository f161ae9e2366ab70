"""The requests about cash receipts that we send to PortOne, V1 and V2, as data.

None moves money, but each changes a tax document, so none is repeated without asking first.
Source: PortOne's V1 reference of `/receipts/{imp_uid}`; its V2 schema of `/cash-receipts` and
`/payments/{paymentId}/cash-receipt`.
"""

from collections.abc import Mapping
from typing import Final

from pitturu.domain import clock, money
from pitturu.domain.cash_receipts import IdentifierKind, ReceiptOrder, ReceiptPurpose
from pitturu.domain.provider_listing import Page
from pitturu.portone.call import Call, segment
from pitturu.portone.v2_calls import Store, asking

UNSUPPORTED: Final = (501,)
"""V1's status for a PG whose receipts PortOne does not handle."""

_V1_KINDS: Final = {
    IdentifierKind.PHONE: "phone",
    IdentifierKind.CARD: "taxcard",
    IdentifierKind.BUSINESS: "business",
}
_V1_TYPES: Final = {ReceiptPurpose.PERSONAL: "person", ReceiptPurpose.BUSINESS: "company"}
_V2_KINDS: Final = {kind: kind.upper() for kind in IdentifierKind}
V2_TYPES: Final = {ReceiptPurpose.PERSONAL: "PERSONAL", ReceiptPurpose.BUSINESS: "CORPORATE"}


def v1_receipt(imp_uid: str) -> Call:
    """The receipt of a payment."""
    return Call("receipts.get", "GET", _v1_path(imp_uid), subject=imp_uid)


def v1_issue(order: ReceiptOrder) -> Call:
    """Issue a receipt. V1 takes no amount: it is the payment's, less what was refunded."""
    imp_uid = order.payment.provider_id
    body: dict[str, object] = {
        "identifier": order.identifier.number,
        "identifier_type": _V1_KINDS[order.identifier.kind],
        "type": _V1_TYPES[order.purpose],
        "tax_free": order.tax_free,
        "product_type": "digital" if order.digital else "real",
        "buyer_name": order.buyer_name,
        "buyer_email": order.buyer_email,
        "buyer_tel": order.buyer_tel,
        "company_name": order.shop_name,
        "company_tel": order.shop_tel,
        "corp_reg_no": order.shop_number,
    }
    return Call(
        *("receipts.issue", "POST", _v1_path(imp_uid)),
        subject=imp_uid,
        moves_money=True,
        body=_filled(body),
        unsupported=UNSUPPORTED,
    )


def v1_cancel(imp_uid: str) -> Call:
    """Cancel the receipt of a payment."""
    return Call(
        *("receipts.cancel", "DELETE", _v1_path(imp_uid)), subject=imp_uid, moves_money=True, unsupported=UNSUPPORTED
    )


def v2_receipt(store: Store, order_id: str) -> Call:
    """The receipt of an order."""
    path = f"/payments/{segment(order_id)}/cash-receipt"
    return Call("v2.cash_receipt", "GET", path, subject=order_id, query=store)


def v2_receipts(store: Store, page: Page) -> Call:
    """One page of the store's receipts in the order of their last change. The cursor is the number of the page."""
    body = {
        "page": {"number": int(page.cursor or 0), "size": page.size},
        "sort": {"by": "STATUS_UPDATED_AT", "order": "ASC"},
        "filter": {
            **store,
            "timeRangeField": "STATUS_UPDATED_AT",
            "from": clock.rfc3339(page.since),
            "until": clock.rfc3339(page.until),
        },
    }
    return asking("v2.cash_receipts", "/cash-receipts", body)


def v2_issue(store: Store, order: ReceiptOrder) -> Call:
    """Issue a receipt about an amount."""
    order_id = order.payment.order_id
    customer = {
        "identityNumber": order.identifier.number,
        "identityNumberType": _V2_KINDS[order.identifier.kind],
        "name": order.buyer_name,
        "email": order.buyer_email,
        "phoneNumber": order.buyer_tel,
    }
    amount = {"total": order.amount, "taxFree": order.tax_free, "vat": order.vat}
    body: dict[str, object] = {
        **store,
        "paymentId": order_id,
        "channelKey": order.channel_key,
        "type": V2_TYPES[order.purpose],
        "orderName": order.name,
        "currency": money.CURRENCY,
        "amount": _filled(amount),
        "productType": "DIGITAL" if order.digital else "PHYSICAL",
        "customer": _filled(customer),
        "businessRegistrationNumber": order.shop_number,
    }
    return Call(*("v2.issue_receipt", "POST", "/cash-receipts"), subject=order_id, moves_money=True, body=_filled(body))


def v2_cancel(store: Store, order_id: str) -> Call:
    """Cancel the receipt of an order."""
    path = f"/payments/{segment(order_id)}/cash-receipt/cancel"
    return Call("v2.cancel_receipt", "POST", path, subject=order_id, moves_money=True, query=store)


def _v1_path(imp_uid: str) -> str:
    return f"/receipts/{segment(imp_uid)}"


def _filled(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields that have a value; 0 is one."""
    return {name: value for name, value in fields.items() if value not in (None, "")}
