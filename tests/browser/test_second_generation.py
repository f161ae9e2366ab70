"""Behaviour of PortOne V2's script only: rejected promises, popups, a separate file."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visit

AddItem = Callable[..., str]


def test_an_error_before_the_window_is_shown_and_nothing_is_lost(visit: Visit, item: AddItem) -> None:
    """PortOne's promise is rejected: the buyer sees its message, and pays with the next click."""
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


def test_in_a_popup(visit: Visit, item: AddItem) -> None:
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
    assert buyer.generations() == {"v2"}


def test_a_session_of_the_other_generation_loads_the_other_script(visit: Visit, item: AddItem) -> None:
    buyer = visit(generation="v2")
    buyer.order(item())

    scripts = buyer.page.evaluate("[...document.scripts].map((script) => script.src)")

    assert [source for source in scripts if source.endswith("/v2/browser-sdk.js")]
    assert not [source for source in scripts if source.endswith("/v1/iamport.js")]
