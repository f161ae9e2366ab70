"""The checkout in one step: one form, one press, and PortOne's window."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import BUY, WINDOW, Visitor
from tests.values import BUYER
from tests.waiting import until

AddItem = Callable[..., str]

POPUP = (
    "const ask = window.PortOne.requestPayment;"
    "window.PortOne.requestPayment = (request) => ask({ ...request, windowType: { pc: 'POPUP' } });"
)
"""Makes every window one that browsers open for a click only."""


def sessions_of(buyer: Visitor) -> list[tuple[Any, ...]]:
    """Status and amount of every order of this buyer, the oldest first."""
    query = "SELECT status, amount FROM payment_sessions WHERE user_username = %s ORDER BY created_at"
    return buyer.system.rows(query, buyer.username)


def test_the_press_still_opens_a_popup_after_the_order_was_prepared(visit: Visit, item: AddItem) -> None:
    """What the browser really allows, while everything is asked for and loaded after the click."""
    buyer = visit(generation="v2")

    def with_popups(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + POPUP)

    buyer.ask_for_generation()
    buyer.page.route("**/v2/browser-sdk.js", with_popups)
    buyer.go(f"/items/{item()}")
    buyer.button(BUY).click()
    buyer.fill()
    with buyer.page.expect_popup() as opened:
        buyer.pay_button.click()
    opened.value.get_by_role("button", name="승인 Approve", exact=True).click()

    buyer.arrives("success")


def test_a_browser_that_refuses_leaves_one_button(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.order_by_hand(item())

    expect(buyer.page.locator(WINDOW)).to_have_count(0)
    expect(buyer.pay_button).to_be_focused()
    expect(buyer.page.get_by_role("status").filter(has_text="버튼을 누르면 결제창이 열려요")).to_be_visible()
    buyer.pay()

    buyer.arrives("success")
    assert sessions_of(buyer) == [("paid", 24_900)]


def test_a_price_that_changed_is_never_paid_unseen(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    goods = item()
    buyer.start(goods)
    buyer.fill(quantity="２")
    expect(buyer.pay_button).to_have_text("49,800원 결제하기")
    buyer.system.rows("UPDATE items SET price = 30000 WHERE id = %s RETURNING id", goods)
    buyer.pay_button.click()

    expect(buyer.page.get_by_role("alert")).to_contain_text("금액이 바뀌었어요")
    expect(buyer.page.locator(WINDOW)).to_have_count(0)
    expect(buyer.page.locator(".pt-total output")).to_have_text("60,000원")
    buyer.pay()

    buyer.arrives("success")
    assert [payment["amount"] for payment in buyer.payments()] == [60_000]


def test_what_is_changed_after_preparing_is_one_new_order(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.order(item(stock=2))

    buyer.choose("kakaopay")
    buyer.page.locator("[name=quantity]").fill("2")
    expect(buyer.pay_button).to_have_text("49,800원 결제하기")
    buyer.page.locator("[name=buyer_name]").fill("김두리")
    buyer.pay_button.evaluate("button => { button.click(); button.click(); }")
    buyer.in_window("승인 Approve")

    buyer.arrives("success")
    assert sessions_of(buyer) == [("expired", 24_900), ("paid", 49_800)]
    assert [payment["pay_method"] for payment in buyer.payments()] == ["kakaopay"]


def test_no_window_opens_for_a_buyer_who_left(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.start(item())
    buyer.fill()
    buyer.system.portone.faults({"kind": "status", "endpoint": "prepare.*", "status": 503})
    buyer.pay_button.click()
    expect(buyer.phase).to_have_attribute("data-phase", "preparing")
    expect(buyer.page.locator("[name=buyer_name]")).to_have_js_property("value", BUYER["buyer_name"])
    buyer.page.keyboard.press("Escape")
    buyer.system.portone.faults()
    buyer.until_status("prepared")

    buyer.button("이어서 결제하기").click()
    buyer.is_ready()
    expect(buyer.page.locator(WINDOW)).to_have_count(0)
    buyer.pay()

    buyer.arrives("success")


def parts(page: Page) -> tuple[Any, Any, Any]:
    """Where the total, the fields and the pay button are."""
    places = (".pt-checkout-top", ".pt-checkout-fields", ".pt-checkout [type=submit]")
    top, fields, button = (page.locator(place).bounding_box() for place in places)
    return top, fields, button


def test_the_total_and_the_button_stay_in_sight(visit: Visit, item: AddItem) -> None:
    buyer = visit(phone=True)
    buyer.start(item())
    before = parts(buyer.page)

    buyer.page.locator(".pt-checkout-fields").evaluate("fields => fields.scrollTo(0, fields.scrollHeight)")

    expect(buyer.page.get_by_role("radio").last).to_be_in_viewport()
    assert parts(buyer.page) == before
    top, fields, button = before
    assert top["y"] + top["height"] <= fields["y"] + 1
    assert fields["y"] + fields["height"] <= button["y"]
    assert button["y"] + button["height"] <= 844
    assert buyer.page.locator(".pt-checkout-fields").evaluate("fields => fields.scrollHeight > fields.clientHeight")


def test_the_last_order_fills_in_the_next(visit: Visit, item: AddItem) -> None:
    goods = item()
    buyer = visit()
    buyer.start(goods)
    buyer.fill(buyer_addr="서울 강남구 테헤란로 1", buyer_postcode="０６２３６")
    buyer.pay()
    buyer.arrives("success")

    buyer.start(goods)
    expect(buyer.page.locator("[name=buyer_postcode]")).to_have_value("06236")
    expect(buyer.pay_button).to_be_focused()
    buyer.button("지우고 새로 입력").click()
    expect(buyer.page.locator("[name=buyer_name]")).to_be_focused()
    for name in (*BUYER, "buyer_addr", "buyer_postcode"):
        expect(buyer.page.locator(f"[name={name}]")).to_have_value("")

    # Another tab of the same browser, and the next person in front of it.
    tab = Visitor(buyer.page.context.new_page(), buyer.watch, buyer.system, buyer.username)
    tab.start(goods)
    expect(tab.page.locator("[name=buyer_name]")).to_have_value(BUYER["buyer_name"])
    buyer.page.keyboard.press("Escape")
    buyer.button("로그아웃").click()
    expect(tab.page.get_by_role("link", name="로그인하고 구매하기")).to_be_visible()
    expect(tab.page.locator("[name=buyer_name]")).to_have_count(0)


def test_a_stranger_is_asked_for_everything(visit: Visit, item: AddItem) -> None:
    goods = item()
    first, second = visit(), visit()
    first.order_by_hand(goods)

    second.start(goods)

    expect(second.page.locator("[name=buyer_name]")).to_be_focused()
    expect(second.page.locator("[name=buyer_name]")).to_have_value("")
    until(lambda: second.page.locator(".pt-filled").count() == 0, "nothing was filled in")


def test_what_is_required_is_agreed_to_first(visit: Visit, item: AddItem) -> None:
    """The shop's server asks for nothing here: what it would ask for, and what it is sent, is looked at on the way."""
    buyer = visit()
    texts = {"terms": ("이용약관에 동의해요.", True), "news": ("소식을 받을게요.", False)}
    asked = [
        {"id": name, "version": name * 5, "required": required, "text": {"ko": text, "en": text}, "url": "/terms"}
        for name, (text, required) in texts.items()
    ]
    sent: list[Any] = []

    def without(route: Route) -> None:
        body = route.request.post_data_json
        sent.append(body.pop("consents"))
        route.continue_(post_data=body)

    buyer.page.route("**/api/v1/checkout/form", lambda route: route.fulfill(json={"consents": asked}))
    buyer.page.route("**/api/v1/payments/sessions", without)
    buyer.start(item())
    buyer.fill()
    terms, every = (buyer.page.get_by_role("checkbox", name=name) for name in ("이용약관에 동의해요.", "모두 동의해요"))
    expect(terms).not_to_be_checked()
    buyer.pay_button.click()
    expect(terms).to_be_focused()
    expect(buyer.page.get_by_text("필수 항목에 동의해야 주문할 수 있어요.")).to_be_visible()
    assert sent == []
    every.check()
    expect(terms).to_be_checked()
    buyer.page.get_by_role("checkbox", name="소식을 받을게요.").uncheck()
    expect(every).to_have_js_property("indeterminate", True)
    buyer.pay()

    buyer.arrives("success")
    assert sent == [[{"id": "terms", "version": "terms" * 5}]]


KAKAO = (
    "window.kakao = { Postcode: class { constructor(options) { this.options = options; } embed(place) {"
    "const button = document.createElement('button'); button.textContent = '서울 중구 세종대로 110';"
    "button.onclick = () => this.options.oncomplete({ zonecode: '04524', roadAddress: '서울 중구 세종대로 110' });"
    "place.append(button); } } };"
)


def test_a_postcode_is_searched_for_or_typed(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    script, search, address = "**/kakao/postcode.v2.js", "우편번호 찾기", buyer.page.locator("[name=buyer_addr]")
    buyer.page.route(script, lambda route: route.abort("blockedbyclient"))
    buyer.start(item())
    with buyer.watch.expecting("ERR_BLOCKED_BY_CLIENT"):
        buyer.button(search).click()
        expect(buyer.page.get_by_text("우편번호 찾기를 불러오지 못했어요.")).to_be_visible()
    buyer.page.locator("[name=buyer_postcode]").fill("06236")

    buyer.page.unroute(script)
    buyer.page.route(script, lambda route: route.fulfill(body=KAKAO, content_type="text/javascript"))
    buyer.button(search).click()
    frame = buyer.page.frame_locator(f"iframe[title='{search}']")
    frame.get_by_role("button", name="서울 중구 세종대로 110").click()
    expect(buyer.page.locator("[name=buyer_postcode]")).to_have_value("04524")
    expect(address).to_be_focused()
    buyer.page.keyboard.type("101호")
    expect(address).to_have_value("서울 중구 세종대로 110 101호")
    expect(buyer.page.locator("iframe")).to_have_count(0)

    # Another frame or window does not fill in anything.
    buyer.button(search).click()
    expect(frame.get_by_role("button")).to_be_visible()
    forged = "postMessage({ postcode: 'chosen', code: '99999', address: '도둑의 집' }, location.origin)"
    buyer.page.evaluate(forged)
    buyer.page.evaluate("() => new Promise((resolve) => setTimeout(resolve))")
    expect(address).to_have_value("서울 중구 세종대로 110 101호")
