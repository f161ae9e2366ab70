"""The parameters of V2's `PortOne.requestPayment`, with nothing left for the browser to compute.

Source: the schema of PortOne's browser SDK, and the narrowest limits in its guides to PGs.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pitturu.api.order_name import naverpay_products, order_name, products
from pitturu.config.settings import Settings
from pitturu.domain import ids
from pitturu.domain.cash_receipts import ReceiptPurpose
from pitturu.domain.clock import SEOUL
from pitturu.domain.installments import LEAST, months_for
from pitturu.domain.languages import Language, shown_in
from pitturu.domain.pay_methods import EASY_PAY
from pitturu.domain.pricing import vat_of
from pitturu.domain.provider import PayMethod
from pitturu.store import cash_receipts
from pitturu.store.encryption import UnknownDataKey
from pitturu.store.session_views import Line
from pitturu.store.sessions import AnySession

log = logging.getLogger(__name__)

METHODS: Final[Mapping[PayMethod, str]] = {
    PayMethod.CARD: "CARD",
    **dict.fromkeys(EASY_PAY, "EASY_PAY"),
    PayMethod.TRANS: "TRANSFER",
    PayMethod.VBANK: "VIRTUAL_ACCOUNT",
    PayMethod.PHONE: "MOBILE",
}

LOCALES: Final[Mapping[Language, str]] = {
    Language.KO: "KO_KR",
    Language.EN: "EN_US",
    Language.ZH_CN: "ZH_CN",
    Language.ZH_TW: "ZH_TW",
    Language.JA: "JA_JP",
    Language.RU: "RU_RU",
    Language.TH: "TH_TH",
    Language.VI: "VI_VN",
    Language.ID: "ID_ID",
    Language.FR: "FR_FR",
    Language.NL: "NL_NL",
    Language.ES: "ES_ES",
    Language.PT: "PT_PT",
    Language.DE: "DE_DE",
    Language.IT: "IT_IT",
    Language.PL: "PL_PL",
    Language.AR: "AR_001",
}
"""V2's names of the languages of its windows."""

NAME_BYTES: Final = 40
"""Bytes of the order's name: Smartro and NICE refuse a longer one, Inicis and Welcome truncate it at this length."""

TYPES: Final[Mapping[str, str]] = {ReceiptPurpose.PERSONAL: "PERSONAL", ReceiptPurpose.BUSINESS: "CORPORATE"}
"""V2's types of cash receipts."""

PERSON_BYTES: Final = 30
"""Bytes of the buyer's name: the limit of Inicis, Welcome and NICE. KCP and Smartro count 30 characters."""


def params(session: AnySession, lines: Sequence[Line], settings: Settings) -> dict[str, Any]:
    """The arguments of `PortOne.requestPayment`, to be passed on unchanged."""
    method = PayMethod(session.pay_method or PayMethod.CARD)
    base = settings.public_url.rstrip("/")
    values = {
        "storeId": settings.portone_v2_store_id,
        "channelKey": dict(settings.portone_v2_channels).get(method) or settings.portone_v2_channel_key,
        "paymentId": session.merchant_uid,
        "orderName": order_name(session, lambda name, suffix: _bytes(name, NAME_BYTES - len(suffix.encode()))),
        "totalAmount": session.amount,
        **_taxes(session),
        "products": products(session, lines, "amount"),
        "currency": session.currency,
        "payMethod": METHODS[method],
        "customer": _customer(session),
        "locale": LOCALES[shown_in(session.language, settings.window_languages)],
        "isEscrow": True if method in settings.escrow_methods else None,
        "redirectUrl": session.redirect_url,
        "appScheme": _app_scheme(session),
        "noticeUrls": [f"{base}/api/v1/payments/webhook"] if base else None,
        "confirmUrl": f"{base}/api/v1/payments/confirm" if base and settings.portone_v2_confirm == "on" else None,
        **_peculiarities(session, lines, method, settings),
    }
    return {name: value for name, value in values.items() if value is not None}


def _taxes(session: AnySession) -> dict[str, int]:
    """The parts of an amount of which some is free of VAT. PortOne computes the VAT of any other."""
    tax_free = session.tax_free_amount
    return {"taxFreeAmount": tax_free, "vatAmount": vat_of(session.amount - tax_free)} if tax_free else {}


def _app_scheme(session: AnySession) -> str | None:
    """With `://`, as in PortOne's guide to apps; Toss Payments requires it."""
    return f"{session.app_scheme.removesuffix('://')}://" if session.app_scheme else None


def _customer(session: AnySession) -> dict[str, Any]:
    """A channel key does not tell the PG, so each gets what any of them requires: Inicis and Welcome name, telephone
    and email, KSNET and KPN the name, Galaxia the id. The other fields help to find a payment in PortOne's console."""
    customer: dict[str, Any] = {
        "customerId": ids.customer_id(session.user_username),
        "fullName": _bytes(session.buyer_name, PERSON_BYTES),
        "phoneNumber": session.buyer_tel,
        "email": session.buyer_email,
    }
    if session.buyer_addr:
        customer["address"] = {"addressLine1": session.buyer_addr[:128], "addressLine2": ""}
    if session.buyer_postcode:
        customer["zipcode"] = session.buyer_postcode
    return customer


def _peculiarities(session: AnySession, lines: Sequence[Line], method: PayMethod, settings: Settings) -> dict[str, Any]:
    if method in EASY_PAY:
        return _easy_pay(lines, method, settings)
    if method is PayMethod.CARD:
        return _installments(session, settings)
    if method is PayMethod.PHONE:
        # An item without stock is a download or a service, which phone carriers classify as digital content.
        return {"productType": "REAL" if session.stock_held else "DIGITAL"}
    if method is PayMethod.VBANK:
        due = (session.created_at + settings.vbank_due).astimezone(SEOUL)
        expiry = {"dueDate": due.strftime("%Y-%m-%d %H:%M:%S")}
        return {"virtualAccount": {"accountExpiry": expiry, **_receipt(session, settings)}}
    if method is PayMethod.TRANS and (receipt := _receipt(session, settings)):
        return {"transfer": receipt}
    return {}


def _receipt(session: AnySession, settings: Settings) -> dict[str, str]:
    """The cash receipt that the buyer wants; nothing if the buyer was not asked, so that the PG's window asks.

    What a PG makes of it differs: some issue it, some take it as what their window begins with, some ignore it. A type
    without a number is refused by those that open no window of their own for it, so that both are sent or none.
    """
    purpose = session.cash_receipt_purpose
    if settings.cash_receipt_in_window != "on" or purpose is None:
        return {}
    if purpose == ReceiptPurpose.NONE:
        return {"cashReceiptType": "ANONYMOUS"}
    try:
        identifier = cash_receipts.identifier_of(session)
    except UnknownDataKey as error:
        log.error("data_key_missing", extra={"error": str(error)})
        return {}
    return {"cashReceiptType": TYPES[purpose], "customerIdentifier": identifier.number} if identifier else {}


def _easy_pay(lines: Sequence[Line], method: PayMethod, settings: Settings) -> dict[str, Any]:
    """The provider. Naver Pay's own window lists the products; other PGs ignore what is meant for it."""
    provider = {"easyPay": {"easyPayProvider": EASY_PAY[method]}}
    if method is not PayMethod.NAVERPAY:
        return provider
    listed = naverpay_products(lines, settings.naverpay_category)
    return provider | {"bypass": {"naverpay": {"productItems": listed}}}


def _installments(session: AnySession, settings: Settings) -> dict[str, Any]:
    """The months that a card may be paid in. `fixedMonth` 0 is one sum, which needs no saying for a small amount."""
    if settings.installments is None:
        return {}
    months = months_for(session.amount, settings.installments)
    if not months and session.amount < LEAST:
        return {}
    option = {"availableMonthList": months} if months else {"fixedMonth": 0}
    return {"card": {"installment": {"monthOption": option}}}


def _bytes(text: str, most: int) -> str:
    """The longest prefix of whole characters that fits into `most` bytes of UTF-8."""
    return text.encode()[:most].decode(errors="ignore")
