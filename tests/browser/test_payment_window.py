"""All results of a payment window, and windows that do not open."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import GENERATIONS, THREE_CLICKS, WINDOW, Visitor
from tests.waiting import until

AddItem = Callable[..., str]

BROKEN_SCRIPT = "window.IMP = { init() {}, request_pay() { throw new Error('no popup'); } };"


def serve(route: Route, script: str) -> None:
    route.fulfill(body=script, content_type="text/javascript")


@GENERATIONS
def test_declined_then_closed_twice_then_paid_in_another_way(visit: Visit, item: AddItem, generation: str) -> None:
    """At last with three clicks, which are one payment."""
    buyer = visit(generation=generation)
    buyer.order(item())
    alert = buyer.page.get_by_role("alert")
    buyer.pay("거절 Decline")
    buyer.is_ready()
    expect(alert).to_contain_text("결제가 승인되지 않았어요.")
    expect(alert).to_contain_text("결제사 안내: 카드사에서 승인을 거절하였습니다.")
    expect(buyer.page.get_by_role("status").filter(has_text="준비됐어요")).to_be_visible()

    so_far = buyer.story()
    buyer.pay_button.click()
    expect(buyer.page.frame_locator(WINDOW).get_by_role("button", name="승인 Approve", exact=True)).to_be_focused()
    buyer.page.keyboard.press("Escape")
    expect(buyer.page.locator(WINDOW)).to_have_count(0)
    expect(alert).to_contain_text("결제를 마치지 않고 결제창이 닫혔어요.")
    buyer.is_ready()
    buyer.pay("닫기 Close")
    expect(alert).to_contain_text("결제를 마치지 않고 결제창이 닫혔어요.")
    buyer.is_ready()
    assert buyer.story() == so_far

    buyer.choose("trans")
    buyer.pay_button.evaluate(THREE_CLICKS)
    expect(buyer.page.locator(WINDOW)).to_have_count(1)
    buyer.in_window("승인 Approve")

    buyer.arrives("success")
    assert [payment["status"] for payment in buyer.payments() if payment["status"] != "ready"] == ["failed", "paid"]


def test_a_window_that_cannot_open(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.page.route("**/v1/iamport.js", lambda route: serve(route, BROKEN_SCRIPT))
    buyer.order(item())

    buyer.pay_button.click()

    expect(buyer.page.get_by_role("alert")).to_contain_text("결제창을 열지 못했어요. 결제된 금액은 없어요.")
    expect(buyer.pay_button).to_be_enabled()


def test_a_window_that_never_answers(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.order(item())

    buyer.pay("승인하고 응답하지 않기 Approve, answer nobody")

    buyer.arrives("success")


def test_a_window_that_got_lost(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.order(item())
    buyer.open_window()
    buyer.page.locator(WINDOW).evaluate("frame => frame.remove()")

    buyer.button("결제 결과 확인하기").click()

    expect(buyer.phase).to_have_attribute("data-phase", "confirming")
    expect(buyer.pay_button).to_be_enabled()


def test_paid_already_in_another_window(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.order(item())
    wanted = {"amount": 24_900, "pay_method": "card", "sandbox": False}
    ((merchant_uid,),) = buyer.system.rows(
        "SELECT merchant_uid FROM payment_sessions WHERE session_id = %s", buyer.session_id
    )
    told = buyer.system.portone.control("POST", "payments", {**wanted, "merchant_uid": merchant_uid})
    buyer.system.portone.control("POST", f"payments/{told['imp_uid']}/approve", {})

    buyer.arrives("success")
    assert len(buyer.payments()) == 1


def test_unknown_is_not_failed(visit: Visit, item: AddItem) -> None:
    """PortOne cannot be asked: for as long as that lasts nobody says that the payment failed."""
    buyer = visit()
    buyer.order(item())
    buyer.system.portone.faults({"kind": "status", "endpoint": "payments.*", "status": 503})
    buyer.pay()

    expect(buyer.phase).to_have_attribute("data-phase", "confirming")
    expect(buyer.page.get_by_text("다시 결제하지 마세요")).to_be_visible()
    until(lambda: len(failed_calls(buyer)) > 2, "PortOne was asked in vain several times")
    expect(buyer.phase).to_have_attribute("data-phase", "confirming")
    buyer.system.portone.faults()

    buyer.arrives("success")


def failed_calls(buyer: Visitor) -> list[Any]:
    return [call for call in buyer.system.portone.calls("payments") if call["status"] == 503]


def opened_with(buyer: Visitor) -> dict[str, Any]:
    """The parameters with which the page opened the window."""
    address = buyer.page.locator(WINDOW).get_attribute("src") or ""
    params: dict[str, Any] = json.loads(unquote(urlsplit(address).fragment))["params"]
    return params


@GENERATIONS
def test_the_window_is_in_the_language_of_the_page(visit: Visit, item: AddItem, generation: str) -> None:
    """Also after the buyer changed it: the order stays the same."""
    buyer = visit(generation=generation)
    buyer.order(item())
    before = buyer.session_id
    buyer.page.locator("header button[lang=en]").evaluate("button => button.click()")
    query = "SELECT language FROM payment_sessions WHERE session_id = %s"
    until(lambda: buyer.system.rows(query, buyer.session_id) == [("en",)], "the session is in English")
    expect(buyer.pay_button).to_be_enabled()
    buyer.open_window()

    params = opened_with(buyer)
    assert (params.get("language"), params.get("locale")) == {"v1": ("en", None), "v2": (None, "EN_US")}[generation]
    assert buyer.session_id == before
