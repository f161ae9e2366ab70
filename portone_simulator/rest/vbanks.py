"""Virtual accounts issued, changed and withdrawn over the REST API."""

import secrets
from dataclasses import replace
from typing import Any, Final

from portone_simulator import console, lifecycle
from portone_simulator.answers import Answer, Refusal, bad_request, not_found
from portone_simulator.call import Call, text, whole
from portone_simulator.channels import chosen
from portone_simulator.codes import BANKS
from portone_simulator.payment import Payment
from portone_simulator.rest.endpoint import Endpoint
from portone_simulator.rest.payments import known
from portone_simulator.state import Simulation
from portone_simulator.window import WindowRefused, already_paid, open_window

_BUYER: Final = ("buyer_name", "buyer_email", "buyer_tel", "buyer_addr", "buyer_postcode", "name")
MAX_NOTICE_URLS: Final = 5
_NOT_WAITING: Final = "입금대기 상태의 가상계좌 결제건이 아닙니다."
_WRONG_KEY: Final = "hashData 불일치"
_PG_WITH_A_KEY: Final = "html5_inicis"
"""KG Inicis requires its own API key for requests about virtual accounts, which the shop has to send."""


def issue(simulation: Simulation, call: Call) -> Answer:
    """`POST /vbanks`: an account without a payment window; refusals are HTTP 200 with a code other than 0."""
    order, due, code = _order(call), whole(call.body, "vbank_due"), text(call.body, "vbank_code", 3)
    if not simulation.settings.vbank_api_contract:
        raise Refusal("API 방식 가상계좌 발급은 별도 계약이 필요합니다.", code=-1)
    if due is None or code is None or order["amount"] is None or order["merchant_uid"] is None:
        raise Refusal("merchant_uid, amount, vbank_code, vbank_due 파라메터는 필수입니다.")
    if code not in BANKS or due <= simulation.clock.unix():
        raise Refusal("vbank_code 또는 vbank_due가 올바르지 않습니다.")
    if already_paid(simulation, order["merchant_uid"]):
        raise Refusal("이미 결제가 이루어진 거래건입니다.")
    _require_key_of_pg(simulation, call, chosen(order["pg"], order["channel_key"]).pg_provider)
    try:
        opened = open_window(simulation, order)
    except WindowRefused as refused:
        raise Refusal(refused.message) from None
    holder, number = text(call.body, "vbank_holder", 16), text(call.body, "vbank_num", 32)

    def step(before: Payment, now: int) -> Payment:
        account = replace(before, channel="api", vbank_code=code, vbank_holder=holder, vbank_num=number)
        return lifecycle.issued(account, now, due)

    return Answer(simulation.move_and_notify(opened.imp_uid, step).public())


def change(simulation: Simulation, call: Call) -> Answer:
    """`PUT /vbanks/{imp_uid}`: another amount or deadline before the deposit."""
    payment = _waiting(simulation, call)
    if simulation.settings.vbank_change == "settle" and payment.pg_provider != "settle":
        raise bad_request("지원되지 않는 PG사입니다.")
    amount, due = whole(call.body, "amount"), whole(call.body, "vbank_due")
    return Answer(simulation.move(payment.imp_uid, lifecycle.account_changed, amount, due).public())


def revoke(simulation: Simulation, call: Call) -> Answer:
    """`DELETE /vbanks/{imp_uid}`: the account accepts no deposit any more."""
    payment = _waiting(simulation, call)
    _require_key_of_pg(simulation, call, payment.pg_provider)
    fault = simulation.fault(("pg_refusal",), "vbanks.revoke", payment)
    if fault:
        raise Refusal(fault.message, code=-1)
    return Answer(console.revoke_account(simulation, payment.imp_uid).public())


def holder(_simulation: Simulation, call: Call) -> Answer:
    """`GET /vbanks/holder?bank_code=&bank_num=`: accounts that end in 0 exist here, others do not."""
    code, number = text(call.query, "bank_code", 3), text(call.query, "bank_num", 32)
    if code is None or number is None or code not in BANKS:
        raise bad_request("bank_code, bank_num 파라메터가 누락되었거나 올바르지 않습니다.")
    if not number.endswith("0"):
        raise not_found("존재하지 않는 계좌입니다.")
    return Answer({"bank_holder": "홍길동"})


def _waiting(simulation: Simulation, call: Call) -> Payment:
    payment = known(simulation, call)
    try:
        lifecycle.waiting_for_deposit(payment, "this")
    except lifecycle.WrongMove:
        raise bad_request(_NOT_WAITING) from None
    return payment


def _require_key_of_pg(simulation: Simulation, call: Call, pg_provider: str) -> None:
    """Refuse a request without the PG's own key, or with a wrong one. It is read from the query only."""
    given = text(call.query, "pg_api_key") or ""
    if pg_provider == _PG_WITH_A_KEY and not secrets.compare_digest(
        given.encode(), simulation.settings.inicis_api_key.encode()
    ):
        raise Refusal(_WRONG_KEY, code=-1)


def _order(call: Call) -> dict[str, Any]:
    order: dict[str, Any] = {key: text(call.body, key) for key in (*_BUYER, "merchant_uid", "pg", "channel_key")}
    notice = call.body.get("notice_url")
    addresses = [each for each in (notice if isinstance(notice, list) else [notice]) if isinstance(each, str)]
    return order | {
        "pay_method": "vbank",
        "amount": whole(call.body, "amount"),
        "vbank_due": whole(call.body, "vbank_due"),
        "notice_url": addresses[:MAX_NOTICE_URLS],
        "custom_data": call.body.get("custom_data"),
    }


ENDPOINTS: Final = (
    Endpoint("POST", "/vbanks", "vbanks.issue", issue),
    Endpoint("GET", "/vbanks/holder", "vbanks.holder", holder),
    Endpoint("PUT", "/vbanks/<imp_uid>", "vbanks.change", change),
    Endpoint("DELETE", "/vbanks/<imp_uid>", "vbanks.revoke", revoke),
)
