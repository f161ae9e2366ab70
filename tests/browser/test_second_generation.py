"""The same checkout with PortOne V2 behind it: its script, its window, its words in the address."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import METHODS, NEXT, Visitor

Shelf = Callable[..., str]

THREE_CLICKS = "button => { button.click(); button.click(); button.click(); }"


def made_through_v2(buyer: Visitor) -> bool:
    """Whether PortOne took this page's payments through V2."""
    return {payment["behind"]["generation"] for payment in buyer.payments()} == {"v2"}


@pytest.mark.parametrize("method", [method for method in METHODS if method != "vbank"])
def test_paid_at_once(visit: Visit, item: Shelf, method: str) -> None:
    buyer = visit(generation="v2")
    buyer.order(item(), method)

    buyer.pay()

    buyer.arrives("success")
    expect(buyer.page.get_by_text("24,900원 받았어요")).to_be_visible()
    assert [(payment["status"], payment["pay_method"]) for payment in buyer.payments()] == [("paid", method)]
    assert made_through_v2(buyer)


def test_paid_by_transfer_to_a_virtual_account(visit: Visit, item: Shelf) -> None:
    buyer = visit(generation="v2")
    buyer.order(item(), "vbank")
    buyer.pay("계좌 발급 Issue account")
    buyer.arrives("waiting")
    (payment,) = buyer.payments()
    expect(buyer.page.get_by_role("region", name="입금 계좌")).to_contain_text(payment["vbank_num"])

    buyer.system.portone.control("POST", f"payments/{payment['imp_uid']}/deposit", {})

    buyer.arrives("success")
    assert made_through_v2(buyer)


def test_three_clicks_are_one_payment(visit: Visit, item: Shelf) -> None:
    buyer = visit(generation="v2")
    buyer.order(item())

    buyer.pay_button.evaluate(THREE_CLICKS)
    buyer.in_window("승인 Approve")

    buyer.arrives("success")
    assert [payment["status"] for payment in buyer.payments()] == ["paid"]


def test_declined_then_paid_in_another_way(visit: Visit, item: Shelf) -> None:
    buyer = visit(generation="v2")
    buyer.order(item())
    buyer.pay("거절 Decline")
    expect(buyer.phase).to_have_attribute("data-phase", "closed")
    expect(buyer.page.get_by_role("alert")).to_contain_text("카드사에서 승인을 거절하였습니다.")

    buyer.choose("kakaopay")
    expect(buyer.pay_button).to_be_enabled()
    buyer.pay()

    buyer.arrives("success")
    assert [payment["status"] for payment in buyer.payments()] == ["failed", "paid"]


def test_closed_then_opened_again(visit: Visit, item: Shelf) -> None:
    buyer = visit(generation="v2")
    buyer.order(item())
    buyer.pay("닫기 Close")
    expect(buyer.pay_button).to_be_enabled()

    buyer.pay()

    buyer.arrives("success")


@pytest.mark.parametrize("button", ["승인 Approve", "거절 Decline"])
def test_a_phone_comes_back(visit: Visit, item: Shelf, button: str) -> None:
    buyer = visit(phone=True, generation="v2")
    buyer.order(item())
    buyer.pay_button.click()
    buyer.button(button).click()
    if button == "거절 Decline":
        buyer.arrives("fail")
        expect(buyer.page.get_by_text("카드사에서 승인을 거절하였습니다.")).to_be_visible()
        buyer.page.get_by_role("link", name="다른 방법으로 다시 결제하기").click()
        buyer.choose("phone")
        expect(buyer.pay_button).to_be_enabled()
        buyer.pay_button.click()
        buyer.button("승인 Approve").click()

    buyer.arrives("success")
    assert made_through_v2(buyer)


def test_an_error_before_the_window_is_told_and_nothing_is_lost(visit: Visit, item: Shelf) -> None:
    """PortOne's promise is rejected: the buyer reads its words, and pays with the next click."""
    buyer = visit(generation="v2")
    buyer.order(item())
    buyer.page.evaluate(
        "() => { window.real = window.PortOne.requestPayment;"
        "window.PortOne.requestPayment = async () => { throw new Error('채널을 찾을 수 없어요.'); }; }"
    )
    buyer.pay_button.click()
    expect(buyer.page.get_by_role("alert")).to_contain_text("채널을 찾을 수 없어요.")
    buyer.page.evaluate("() => { window.PortOne.requestPayment = window.real; }")
    expect(buyer.pay_button).to_be_enabled()

    buyer.pay()

    buyer.arrives("success")


def test_in_a_popup(visit: Visit, item: Shelf) -> None:
    buyer = visit(generation="v2")
    buyer.order(item())
    buyer.page.evaluate(
        "() => { const ask = window.PortOne.requestPayment;"
        "window.PortOne.requestPayment = (request) => ask({ ...request, windowType: { pc: 'POPUP' } }); }"
    )
    with buyer.page.expect_popup() as opened:
        buyer.pay_button.click()
    opened.value.get_by_role("button", name="승인 Approve", exact=True).click()

    buyer.arrives("success")
    assert made_through_v2(buyer)


def test_a_session_of_the_other_generation_loads_the_other_script(visit: Visit, item: Shelf) -> None:
    buyer = visit(generation="v2")
    buyer.order(item())

    scripts = buyer.page.evaluate("[...document.scripts].map((script) => script.src)")

    assert [source for source in scripts if source.endswith("/v2/browser-sdk.js")]
    assert not [source for source in scripts if source.endswith("/v1/iamport.js")]
    expect(buyer.button(NEXT)).to_have_count(0)
