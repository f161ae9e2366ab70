"""What `PortOne.requestPayment` is told, with nothing left for the browser to compute.

Source: PortOne's browser SDK schema and the narrowest limits among its guides to PGs.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from pitturu.config.settings import Settings
from pitturu.domain.clock import SEOUL
from pitturu.domain.provider import PayMethod
from pitturu.store.sessions import AnySession

METHODS: Final[Mapping[PayMethod, str]] = MappingProxyType(
    {
        PayMethod.CARD: "CARD",
        PayMethod.KAKAOPAY: "EASY_PAY",
        PayMethod.TRANS: "TRANSFER",
        PayMethod.VBANK: "VIRTUAL_ACCOUNT",
        PayMethod.PHONE: "MOBILE",
    }
)

NAME_BYTES: Final = 40
"""Of the order's name: Smartro and NICE refuse a longer one, Inicis and Welcome cut it there."""

PERSON_LENGTH: Final = 30


def params(session: AnySession, settings: Settings) -> dict[str, Any]:
    """For `PortOne.requestPayment`, exactly as they are."""
    method = PayMethod(session.pay_method or PayMethod.CARD)
    base = settings.public_url.rstrip("/")
    told = {
        "storeId": settings.portone_v2_store_id,
        "channelKey": dict(settings.portone_v2_channels).get(method) or settings.portone_v2_channel_key,
        "paymentId": session.merchant_uid,
        "orderName": _bytes(session.item_name, NAME_BYTES),
        "totalAmount": session.amount,
        "currency": session.currency,
        "payMethod": METHODS[method],
        "customer": _customer(session),
        "redirectUrl": session.redirect_url,
        "noticeUrls": [f"{base}/api/v1/payments/webhook"] if base else None,
        **_peculiarities(session, method, settings),
    }
    return {name: value for name, value in told.items() if value is not None}


def _customer(session: AnySession) -> dict[str, Any]:
    """Inicis wants name, telephone and address for mail; the rest helps whoever looks a payment up."""
    customer: dict[str, Any] = {
        "fullName": session.buyer_name[:PERSON_LENGTH],
        "phoneNumber": session.buyer_tel,
        "email": session.buyer_email,
    }
    if session.buyer_addr:
        customer["address"] = {"addressLine1": session.buyer_addr[:128], "addressLine2": ""}
    if session.buyer_postcode:
        customer["zipcode"] = session.buyer_postcode
    return customer


def _peculiarities(session: AnySession, method: PayMethod, settings: Settings) -> dict[str, Any]:
    if method is PayMethod.KAKAOPAY:
        return {"easyPay": {"easyPayProvider": "KAKAOPAY"}}
    if method is PayMethod.PHONE:
        # What has no stock is a download or a service: digital content, as phone carriers mean it.
        return {"productType": "REAL" if session.stock_held else "DIGITAL"}
    if method is PayMethod.VBANK:
        due = (session.created_at + settings.vbank_due).astimezone(SEOUL)
        return {"virtualAccount": {"accountExpiry": {"dueDate": due.strftime("%Y-%m-%d %H:%M:%S")}}}
    return {}


def _bytes(text: str, most: int) -> str:
    """As many whole characters as fit into so many bytes of UTF-8."""
    return text.encode()[:most].decode(errors="ignore")
