"""Endpoints of features that this account does not have: billing keys, schedules, identity checks.

Nothing is ever stored for them, so every query answers that nothing exists.
"""

from typing import Final

from portone_simulator.answers import Answer, Refusal, not_found
from portone_simulator.call import Call
from portone_simulator.rest.endpoint import Endpoint, View
from portone_simulator.state import Simulation

_BAD_CARD: Final = "카드정보 인증에 실패하였습니다."
_NO_KEY: Final = "카드정보 인증 및 빌키 발급에 실패하였습니다."
_NO_CERTIFICATION: Final = "인증결과가 존재하지 않습니다."
_NO_SCHEDULE: Final = "취소할 예약결제 기록이 존재하지 않습니다."


def _refusing(message: str, code: int, http: int = 200) -> View:
    def view(_simulation: Simulation, _call: Call) -> Answer:
        raise Refusal(message, code, http)

    return view


def _none_yet(_simulation: Simulation, _call: Call) -> Answer:
    return Answer({"total": 0, "previous": 0, "next": 0, "list": []})


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
    Endpoint("POST", "/subscribe/payments/onetime", "subscribe.onetime", _refusing(_BAD_CARD, -1)),
    Endpoint("POST", "/subscribe/payments/foreign", "subscribe.foreign", _refusing(_BAD_CARD, -1)),
    Endpoint("POST", "/subscribe/payments/again", "subscribe.again", pay_again),
    Endpoint("POST", _SCHEDULE, "subscribe.schedule", _refusing("등록된 고객정보가 없습니다.", 1)),
    Endpoint("POST", "/subscribe/payments/unschedule", "subscribe.unschedule", _refusing(_NO_SCHEDULE, 1)),
    Endpoint("GET", _SCHEDULE, "subscribe.schedules", _none_yet),
    Endpoint("GET", f"{_SCHEDULE}/<merchant_uid>", "subscribe.schedules", _refusing(_NO_SCHEDULE, -1, 404)),
    Endpoint("GET", f"{_SCHEDULE}/customers/<customer_uid>", "subscribe.schedules", _none_yet),
    Endpoint("GET", "/subscribe/customers", "subscribe.customers", _refusing("등록된 고객정보가 없습니다.", -1, 404)),
    Endpoint("POST", _CUSTOMER, "subscribe.customer", _refusing(_NO_KEY, -1)),
    Endpoint("GET", _CUSTOMER, "subscribe.customer", customer),
    Endpoint("DELETE", _CUSTOMER, "subscribe.customer", customer),
    Endpoint("GET", f"{_CUSTOMER}/payments", "subscribe.customer", customer),
    Endpoint("GET", f"{_CUSTOMER}/schedules", "subscribe.schedules", _none_yet),
    Endpoint("GET", "/certifications/<imp_uid>", "certifications", _refusing(_NO_CERTIFICATION, -1, 404)),
    Endpoint("DELETE", "/certifications/<imp_uid>", "certifications", _refusing(_NO_CERTIFICATION, -1, 404)),
    Endpoint("POST", "/certifications/otp/request", "certifications", _refusing("인증요청에 실패하였습니다.", -1, 400)),
    Endpoint("POST", "/certifications/otp/confirm/<imp_uid>", "certifications", _refusing(_NO_CERTIFICATION, -1, 404)),
)
