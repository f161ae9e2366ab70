"""The payment window: what happens when a buyer opens it, pays, is declined or leaves."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from portone_simulator import installments, lifecycle
from portone_simulator.cancelling import KST
from portone_simulator.channels import chosen
from portone_simulator.outgoing import Notification, ask_shop
from portone_simulator.payment import Internals, Payment
from portone_simulator.state import Simulation
from portone_simulator.v2 import webhooks
from portone_simulator.waiting import offload

MAX_MERCHANT_UID: Final = 40
NEEDS_DUE: Final = ("nice_v2", "smartro_v2", "ksnet")
"""PGs whose window does not open for a virtual account without a deadline."""
NAVERPAY: Final = "naverpay"
NAVERPAY_LEAST: Final = 10
"""Won below which Naver Pay takes no payment."""
_NAVERPAY_PRODUCT: Final = ("categoryType", "categoryId", "uid", "name", "count")
NO_CONFIRM: Final = ("naverco", "daou", "eximbay")
"""PGs for which PortOne does not call the confirm process."""
EASY_PAYS: Final = ("kakaopay", "naverpay", "payco", "tosspay", "samsungpay", "lpay", "ssgpay")
_DUE_FORMS: Final = ("%Y-%m-%d", "%Y%m%d", "%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S")
_COPIED: Final = (
    *("merchant_uid", "amount", "pay_method", "name", "currency", "escrow", "customer_uid", "user_agent", "channel"),
    *("buyer_name", "buyer_email", "buyer_tel", "buyer_addr", "buyer_postcode"),
)


class WindowRefused(Exception):
    """The window did not open: the browser receives the reason, and there is no payment."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def open_window(simulation: Simulation, order: dict[str, Any]) -> Payment:
    """`IMP.request_pay`: the checks before the window opens, then a ready payment. Raises `WindowRefused`."""
    channel = chosen(order.get("pg"), order.get("channel_key") or order.get("channelKey"))
    notice = order.get("notice_url") or ()
    behind = Internals(
        notice_urls=(notice,) if isinstance(notice, str) else tuple(notice),
        confirm_url=order.get("confirm_url") or simulation.settings.confirm_url,
        m_redirect_url=order.get("m_redirect_url"),
        vbank_due=deadline(order.get("vbank_due"), channel.pg_provider, order["pay_method"]),
        tax_free=order.get("tax_free") or 0,
        vat=order.get("vat_amount"),
        installments=installments.of_v1(order),
    )
    asked = {key: order[key] for key in _COPIED if order.get(key) is not None}
    pay_method = asked.pop("pay_method")
    sandbox = order.get("sandbox")
    no_date = None if simulation.settings.empty_vbank_dates == "null" else 0
    check_order(simulation, order)
    if channel.pg_provider == NAVERPAY and not listed_for_naverpay(order.get("naverProducts")):
        raise WindowRefused("F0400", "결제 창 호출에 실패하였습니다. naverProducts는 필수입니다.")
    now = simulation.clock.now()
    payment = Payment(
        imp_uid=simulation.ledger.new_imp_uid(now, order.get("imp_uid")),
        pay_method=_reported(simulation, pay_method, channel.pg_provider),
        emb_pg_provider=_embedded(pay_method, channel.pg_provider),
        pg_provider=channel.pg_provider,
        pg_id=channel.pg_id,
        sandbox=simulation.settings.sandbox if sandbox is None else sandbox,
        vbank_date=no_date,
        vbank_issued_at=no_date,
        custom_data=as_text(order.get("custom_data")),
        started_at=int(now),
        behind=behind,
        **asked,
    )
    return simulation.ledger.save(payment)


def check_order(simulation: Simulation, order: dict[str, Any]) -> None:
    """Refuse an order id that is too long or already paid, and an amount or currency other than the registered one."""
    merchant_uid, amount = order["merchant_uid"], order["amount"]
    if len(merchant_uid) > MAX_MERCHANT_UID:
        raise WindowRefused("F0400", f"merchant_uid는 {MAX_MERCHANT_UID}자를 넘을 수 없습니다.")
    if (order.get("tax_free") or 0) + (order.get("vat_amount") or 0) > amount:
        raise WindowRefused("F0400", "면세금액(tax_free)과 부가세(vat_amount)의 합이 결제금액보다 큽니다.")
    if already_paid(simulation, merchant_uid):
        raise WindowRefused("F1002", "이미 결제가 이루어진 거래건입니다.")
    prepared = simulation.ledger.preparation(merchant_uid)
    if prepared is None:
        return
    if prepared.amount != amount:
        raise WindowRefused("F0409", "사전등록된 결제금액과 요청한 결제금액이 일치하지 않습니다.")
    if prepared.currency and prepared.currency != (order.get("currency") or "KRW"):
        raise WindowRefused("F0409", "사전등록된 결제통화와 요청한 결제통화가 일치하지 않습니다.")


def already_paid(simulation: Simulation, merchant_uid: str) -> bool:
    """Whether this order id has a payment with money that was not returned."""
    received = [each for each in simulation.ledger.attempts(merchant_uid) if each.received]
    reusable = simulation.settings.reuse_cancelled_uid == "allowed" and not any(each.v2 for each in received)
    return any(not reusable or each.remaining > 0 for each in received)


def approve(
    simulation: Simulation, imp_uid: str, amount: int | None = None, currency: str | None = None, months: int = 0
) -> Payment:
    """The buyer confirms and the PG approves, unless the shop or an injected fault refuses."""
    payment = _opened(simulation, imp_uid, "approve")
    installments.choose(payment, months)
    declined = _declined(simulation, replace(payment, amount=amount or payment.amount))
    if declined is not None:
        return declined
    if payment.pay_method == "vbank":
        return simulation.move_and_notify(imp_uid, lifecycle.issued)
    paid = simulation.move_and_notify(imp_uid, lifecycle.approved, amount, currency, months)
    if simulation.settings.prepare_consumed:
        simulation.ledger.forget_preparation(paid.merchant_uid)
    return paid


def issue(simulation: Simulation, imp_uid: str, due: int | None = None) -> Payment:
    """A virtual account is shown to the buyer; the shop gets the webhook `ready`."""
    payment = _opened(simulation, imp_uid, "issue")
    declined = _declined(simulation, payment)
    return declined or simulation.move_and_notify(imp_uid, lifecycle.issued, due)


def decline(simulation: Simulation, imp_uid: str, reason: str, store_failed: bool = True) -> Payment:
    """The PG refuses. Some PGs never report it: then the payment stays ready. No webhook either way."""
    if not store_failed:
        return simulation.move(imp_uid, lifecycle.abandoned)
    return simulation.move_and_notify_v2(imp_uid, lifecycle.declined, reason)


def late_approve(simulation: Simulation, imp_uid: str) -> Payment:
    """An approval after a refusal. V2 allows only one successful attempt per order."""
    payment = simulation.ledger.existing(imp_uid)
    if payment.v2 and already_paid(simulation, payment.merchant_uid):
        raise lifecycle.WrongMove(f"{payment.merchant_uid} is paid; V2 takes no second payment for it.")
    return simulation.move_and_notify(imp_uid, lifecycle.late_approved)


def _opened(simulation: Simulation, imp_uid: str, move: str) -> Payment:
    payment = simulation.ledger.existing(imp_uid)
    lifecycle.require_open_window(payment, move)
    return payment


def _declined(simulation: Simulation, payment: Payment) -> Payment | None:
    """The failed payment if the PG or the shop refuses it now, else None."""
    reason = _reason_against(simulation, payment)
    if reason is not None:
        return decline(simulation, payment.imp_uid, reason)
    reason = _shops_reason_against(simulation, payment)
    if reason is None:
        return None
    return simulation.move_and_notify_v2(payment.imp_uid, lifecycle.declined, reason, True)


def _reason_against(simulation: Simulation, payment: Payment) -> str | None:
    """Why the PG does not approve the payment: an injected refusal, or an order that was paid meanwhile."""
    refusal = simulation.fault(("pg_refusal",), "window.approve", payment)
    if refusal:
        return refusal.message
    if payment.pay_method == NAVERPAY and payment.amount < NAVERPAY_LEAST:
        return f"네이버페이는 {NAVERPAY_LEAST}원 이상 결제할 수 있습니다."
    once = payment.v2 or simulation.settings.second_approval == "refused"
    if once and already_paid(simulation, payment.merchant_uid):
        return "이미 결제가 이루어진 거래건입니다."
    return None


def _shops_reason_against(simulation: Simulation, payment: Payment) -> str | None:
    """Why the shop does not want the payment, as the confirm process reports it."""
    url = payment.behind.confirm_url
    if not url or payment.pg_provider in NO_CONFIRM:
        return None
    if payment.v2:
        question = webhooks.confirmation(simulation.settings, simulation.clock, payment, url)
    else:
        named = {"imp_uid": payment.imp_uid, "merchant_uid": payment.merchant_uid, "amount": payment.amount}
        question = Notification(url, named)
    seconds, now = simulation.settings.confirm_timeout, simulation.clock.unix()
    reason = offload(lambda: ask_shop(question, "errorMessage" if payment.v2 else "reason", seconds, now))
    if reason is None or payment.v2:
        return reason
    return f"고객사 요청에 의해 결제를 중단합니다. (상세사유 : {reason})"


def deadline(given: object, pg_provider: str, pay_method: str) -> int | None:
    """The deadline of the account in unix seconds; None if the shop set none. Raises `WindowRefused`."""
    if isinstance(given, int):
        return given
    if not given:
        if pay_method == "vbank" and pg_provider in NEEDS_DUE:
            raise WindowRefused("F0400", "결제 창 호출에 실패하였습니다. vbank_due는 필수입니다.")
        return None
    for form in _DUE_FORMS:
        try:
            day = datetime.strptime(str(given), form).replace(tzinfo=KST)
        except ValueError:
            continue
        ends = day if "%H" in form else day + timedelta(days=1, seconds=-1)
        return int(ends.timestamp())
    raise WindowRefused("F0400", "결제 창 호출에 실패하였습니다. vbank_due 형식이 올바르지 않습니다.")


def _embedded(pay_method: str, pg_provider: str) -> str | None:
    """The easy pay inside the window of another PG. Own modules of an easy pay may have a version: `tosspay_v2`."""
    own = pg_provider.removesuffix("_v2") == pay_method
    return pay_method if pay_method in EASY_PAYS and not own else None


def _reported(simulation: Simulation, pay_method: str, pg_provider: str) -> str:
    """What PortOne reports of a method. V1's answers call Samsung Pay `samsung`."""
    if _embedded(pay_method, pg_provider) and simulation.settings.hub_easy_pay == "card":
        return "card"
    return "samsung" if pay_method == "samsungpay" else pay_method


def listed_for_naverpay(products: object) -> bool:
    """Whether these are products as Naver Pay's own window demands them."""
    if not isinstance(products, list) or not products:
        return False
    return all(isinstance(one, dict) and all(one.get(name) for name in _NAVERPAY_PRODUCT) for one in products)


def as_text(custom_data: object) -> str | None:
    """The shop's custom data, in PortOne's format."""
    if custom_data is None or isinstance(custom_data, str):
        return custom_data
    return json.dumps(custom_data, ensure_ascii=False)
