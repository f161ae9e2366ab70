"""Endpoints of features that this account does not have: billing keys, schedules, identity checks.

Nothing is ever stored for them, so every query answers that nothing exists.
"""

import re
from typing import Final

from portone_simulator.answers import Answer, Refusal, not_found
from portone_simulator.call import Call, text
from portone_simulator.rest.endpoint import Endpoint, View
from portone_simulator.state import Simulation

_BAD_CARD: Final = "카드정보 인증에 실패하였습니다."
_NO_KEY: Final = "카드정보 인증 및 빌키 발급에 실패하였습니다."
_BAD_CARD_TO_KEEP: Final = "카드정보 확인에 실패하였습니다."
_NO_CUSTOMER: Final = "등록된 고객정보가 없습니다."
_UNKNOWN_NUMBER: Final = "[F112]유효하지않은 카드번호를 입력하셨습니다. (card_bin 없음)"
_WRONG_NUMBER: Final = "[F113]거래거절 카드번호틀림"
_ISSUED: Final = re.compile(r"[3-69]\d{13,15}")
"""Numbers of cards that exist in Korea: American Express, JCB and Diners, Visa, Mastercard, UnionPay, domestic ones."""
_NO_CERTIFICATION: Final = "인증결과가 존재하지 않습니다."
_NO_SCHEDULE: Final = "취소할 예약결제 기록이 존재하지 않습니다."


def _refusing(message: str, code: int, http: int = 200) -> View:
    def view(_simulation: Simulation, _call: Call) -> Answer:
        raise Refusal(message, code, http)

    return view


def _refusing_card(message: str, code: int, without: str | None = None) -> View:
    """Refuses with the PG's words about the card number; `without` is the message when there is no number."""

    def view(_simulation: Simulation, call: Call) -> Answer:
        number = text(call.body, "card_number")
        if number is None and without is not None:
            raise Refusal(without, code)
        raise Refusal(f"{message} {_words_about(number or '')}", code)

    return view


def _words_about(number: str) -> str:
    return _WRONG_NUMBER if _ISSUED.fullmatch(number.replace("-", "")) else _UNKNOWN_NUMBER


def _none_yet(_simulation: Simulation, _call: Call) -> Answer:
    return Answer([])


def customer(simulation: Simulation, call: Call) -> Answer:
    """An unknown billing key: HTTP 200 with a code, or 404, depending on the `unknown_customer` switch."""
    if simulation.settings.unknown_customer == "not_found":
        raise not_found()
    raise Refusal(f"요청하신 customer_uid({call.path_parts['customer_uid']})로 등록된 정보를 찾을 수 없습니다.")


def pay_again(simulation: Simulation, _call: Call) -> Answer:
    """A charge on an unknown billing key, with the code of the `unknown_customer_code` switch."""
    raise Refusal("등록되지 않은 구매자입니다.", code=simulation.settings.unknown_customer_code)


_CUSTOMER: Final = "/subscribe/customers/<customer_uid>"
_SCHEDULE: Final = "/subscribe/payments/schedule"

ENDPOINTS: Final = (
    Endpoint("POST", "/subscribe/payments/onetime", "subscribe.onetime", _refusing_card(_BAD_CARD, -1)),
    Endpoint("POST", "/subscribe/payments/foreign", "subscribe.foreign", _refusing_card(_BAD_CARD, -1)),
    Endpoint("POST", "/subscribe/payments/again", "subscribe.again", pay_again),
    Endpoint("POST", _SCHEDULE, "subscribe.schedule", _refusing_card(_BAD_CARD_TO_KEEP, 1, without=_NO_CUSTOMER)),
    Endpoint("POST", "/subscribe/payments/unschedule", "subscribe.unschedule", _refusing(_NO_SCHEDULE, 1)),
    Endpoint("GET", _SCHEDULE, "subscribe.schedules", _none_yet),
    Endpoint("GET", f"{_SCHEDULE}/<merchant_uid>", "subscribe.schedules", _refusing(_NO_SCHEDULE, -1, 404)),
    Endpoint("PUT", f"{_SCHEDULE}/<merchant_uid>", "subscribe.schedules", _refusing(_NO_SCHEDULE, -1, 404)),
    Endpoint("GET", f"{_SCHEDULE}/customers/<customer_uid>", "subscribe.schedules", _none_yet),
    Endpoint("GET", "/subscribe/customers", "subscribe.customers", _refusing(_NO_CUSTOMER, -1, 404)),
    Endpoint("POST", _CUSTOMER, "subscribe.customer", _refusing_card(_NO_KEY, -1)),
    Endpoint("GET", _CUSTOMER, "subscribe.customer", customer),
    Endpoint("DELETE", _CUSTOMER, "subscribe.customer", customer),
    Endpoint("GET", f"{_CUSTOMER}/payments", "subscribe.customer", customer),
    Endpoint("GET", f"{_CUSTOMER}/schedules", "subscribe.schedules", _none_yet),
    Endpoint("GET", "/certifications/<imp_uid>", "certifications", _refusing(_NO_CERTIFICATION, -1, 404)),
    Endpoint("DELETE", "/certifications/<imp_uid>", "certifications", _refusing(_NO_CERTIFICATION, -1, 404)),
    Endpoint("POST", "/certifications/otp/request", "certifications", _refusing("인증요청에 실패하였습니다.", -1, 400)),
    Endpoint("POST", "/certifications/otp/confirm/<imp_uid>", "certifications", _refusing(_NO_CERTIFICATION, -1, 404)),
)
