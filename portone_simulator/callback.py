"""The result that the payment window returns to the browser."""

from typing import Any
from urllib.parse import urlencode

from portone_simulator.payment import FAILED, Payment
from portone_simulator.state import Simulation

LEFT = "[결제포기] 사용자가 결제를 취소하셨습니다"
"""The message when the buyer closed the window."""

_LEGACY = (
    *("pay_method", "name", "pg_provider", "emb_pg_provider", "pg_tid", "custom_data", "paid_at", "receipt_url"),
    *("buyer_name", "buyer_email", "buyer_tel", "buyer_addr", "buyer_postcode", "currency", "apply_num"),
    *("card_name", "card_number", "card_quota", "bank_name", "vbank_num", "vbank_name", "vbank_holder", "vbank_date"),
)


def callback(simulation: Simulation, payment: Payment) -> dict[str, Any]:
    """The callback's argument, the payment's status, and the URL to which a mobile browser is redirected instead."""
    error = _error(payment)
    result: dict[str, Any] = {"imp_uid": payment.imp_uid, "merchant_uid": payment.merchant_uid, **error}
    result = _with_switches(simulation, result, payment.behind.m_redirect_url)
    if simulation.settings.legacy_callback:
        result |= {key: getattr(payment, key) for key in _LEGACY} | {"paid_amount": payment.amount}
    return result | {"status": payment.status}


def refusal(simulation: Simulation, order: dict[str, Any], error_code: str, error_msg: str) -> dict[str, Any]:
    """The same for a window that did not open: there is no payment, so its fields are missing."""
    error = {"error_code": error_code, "error_msg": error_msg}
    result = {"imp_uid": None, "merchant_uid": order["merchant_uid"], **error}
    return _with_switches(simulation, result, order.get("m_redirect_url"))


def _with_switches(simulation: Simulation, result: dict[str, Any], address: str | None) -> dict[str, Any]:
    result = dict(result)
    if address:
        result["redirect_url"] = _redirect(simulation, address, result)
    if simulation.settings.legacy_callback:
        good = "error_code" not in result
        result |= {"success": good, "imp_success": good}
    return result


def _error(payment: Payment) -> dict[str, str]:
    if payment.status == FAILED:
        return {"error_code": "F0500", "error_msg": payment.fail_reason or ""}
    return {"error_code": "F0499", "error_msg": LEFT} if payment.abandoned else {}


def _redirect(simulation: Simulation, address: str, result: dict[str, Any]) -> str:
    """PortOne appends its parameters to the query that the shop's URL already has."""
    result = {name: word for name, word in result.items() if word is not None}
    if simulation.settings.imp_success:
        result["imp_success"] = "false" if "error_code" in result else "true"
    return f"{address}{'&' if '?' in address else '?'}{urlencode(result)}"
