"""`PortOne.requestPayment`: the checks before the window opens, and the result of its promise."""

from typing import Any, Final
from urllib.parse import urlencode

from portone_simulator import installments, window
from portone_simulator.channels import CHANNELS, Channel
from portone_simulator.payment import FAILED, Internals, Payment
from portone_simulator.state import Simulation
from portone_simulator.window import WindowRefused

METHODS: Final = {
    "CARD": "card",
    "TRANSFER": "trans",
    "VIRTUAL_ACCOUNT": "vbank",
    "MOBILE": "phone",
    "GIFT_CERTIFICATE": "cultureland",
}
"""V2's payment methods by their name in the ledger; EASY_PAY depends on its provider."""

LEFT: Final = "사용자가 결제를 취소하셨습니다"

_BUYER: Final = {
    "buyer_name": ("fullName",),
    "buyer_tel": ("phoneNumber",),
    "buyer_email": ("email",),
    "buyer_postcode": ("zipcode",),
    "buyer_addr": ("address", "addressLine1"),
}


def open_window(simulation: Simulation, request: dict[str, Any]) -> Payment:
    """A ready payment for the parameters of `requestPayment`. Raises `WindowRefused`."""
    if request.get("storeId") != simulation.settings.v2_store_id:
        raise WindowRefused("StoreNotFound", f"storeId {request.get('storeId')} is no store of this account.")
    channel = _channel(request)
    method = _method(request)
    _require_products(request, channel)
    order, amount = request["paymentId"], request["totalAmount"]
    currency = str(request["currency"]).removeprefix("CURRENCY_")
    now = simulation.clock.now()
    behind = _behind(request, channel, now)
    _check(simulation, order, amount, currency)
    opened = Payment(
        imp_uid=simulation.ledger.new_transaction_id(now, request.get("transactionId")),
        merchant_uid=order,
        amount=amount,
        currency=currency,
        pay_method=method,
        name=request["orderName"],
        channel=request.get("channel") or "pc",
        pg_provider=channel.pg_provider,
        pg_id=channel.pg_id,
        sandbox=bool(request.get("sandbox", simulation.settings.sandbox)),
        custom_data=window.as_text(request.get("customData")),
        user_agent=request.get("userAgent"),
        started_at=int(now),
        behind=behind,
        escrow=request.get("isEscrow") is True,
        **_buyer(request.get("customer") or {}),
    )
    saved = simulation.ledger.save(opened)
    simulation.notify_v2(saved, "Ready")
    return saved


def _behind(request: dict[str, Any], channel: Channel, now: float) -> Internals:
    tax_free, vat = request.get("taxFreeAmount") or 0, request.get("vatAmount")
    if tax_free + (vat or 0) > request["totalAmount"]:
        raise WindowRefused("RequestParseFailed", "taxFreeAmount and vatAmount exceed totalAmount.")
    return Internals(
        generation="v2",
        channel_key=channel.channel_key,
        notice_urls=tuple(request.get("noticeUrls") or ()),
        m_redirect_url=request.get("redirectUrl"),
        vbank_due=_due(request, now),
        confirm_url=request.get("confirmUrl"),
        tax_free=tax_free,
        vat=vat,
        installments=installments.of_v2(request),
    )


def outcome(payment: Payment) -> dict[str, Any]:
    """The result of `requestPayment`, and the URL of a redirect instead."""
    result = {"transactionType": "PAYMENT", "txId": payment.imp_uid, "paymentId": payment.merchant_uid}
    result |= _error(payment)
    return result | _redirect(payment.behind.m_redirect_url, result) | {"status": payment.status}


def refusal(request: dict[str, Any], code: str, message: str) -> dict[str, Any]:
    """The same for a window that did not open: errors before it opens do not redirect."""
    return {"transactionType": "PAYMENT", "paymentId": request.get("paymentId"), "code": code, "message": message}


def _error(payment: Payment) -> dict[str, str]:
    if payment.status == FAILED:
        why = payment.fail_reason or ""
        if payment.behind.refused_by_shop:
            return {"code": "ConfirmProcessFailed", "message": why}
        return {"code": "PGProviderError", "message": why, "pgCode": "PG_REFUSED", "pgMessage": why}
    if payment.abandoned:
        return {"code": "PGProviderError", "message": LEFT, "pgCode": "PAY_PROCESS_CANCELED", "pgMessage": LEFT}
    return {}


def _redirect(address: str | None, result: dict[str, str]) -> dict[str, str]:
    return {"redirect_url": f"{address}{'&' if '?' in address else '?'}{urlencode(result)}"} if address else {}


def _check(simulation: Simulation, order: str, amount: int, currency: str) -> None:
    if window.already_paid(simulation, order):
        raise WindowRefused("PaymentAlreadyPaid", "이미 결제가 완료된 paymentId입니다.")
    prepared = simulation.ledger.preparation(order)
    if prepared is not None and (prepared.amount != amount or prepared.currency not in (None, currency)):
        raise WindowRefused("AmountNotEqualToPredefined", "사전 등록된 결제 금액과 일치하지 않습니다.")


def _channel(request: dict[str, Any]) -> Channel:
    key = request.get("channelKey")
    found = next((each for each in CHANNELS if each.channel_key == key), None)
    if found is None:
        raise WindowRefused("ChannelNotFound", f"channelKey {key} is no channel of this store.")
    return found


def _method(request: dict[str, Any]) -> str:
    method = request["payMethod"]
    if method == "EASY_PAY":
        provider = (request.get("easyPay") or {}).get("easyPayProvider") or "KAKAOPAY"
        return str(provider).removeprefix("EASY_PAY_PROVIDER_").lower()
    return METHODS[method]


def _require_products(request: dict[str, Any], channel: Channel) -> None:
    """Naver Pay's own channel needs the products in its words."""
    own = (request.get("bypass") or {}).get("naverpay") or {}
    if channel.pg_provider == window.NAVERPAY and not window.listed_for_naverpay(own.get("productItems")):
        raise WindowRefused("RequestParseFailed", "bypass.naverpay.productItems is required.")


def _due(request: dict[str, Any], now: float) -> int | None:
    expiry = (request.get("virtualAccount") or {}).get("accountExpiry") or {}
    if expiry.get("validHours"):
        return int(now) + int(expiry["validHours"]) * 3600
    try:
        return window.deadline(expiry.get("dueDate"), "", "vbank")
    except WindowRefused as refused:
        raise WindowRefused("RequestParseFailed", refused.message) from refused


def _buyer(customer: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for ours, path in _BUYER.items():
        value: Any = customer
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, str) and value:
            result[ours] = value
    return result
