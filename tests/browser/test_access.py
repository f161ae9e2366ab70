"""Accessibility: keyboard, screen reader, dark mode, phone. axe reports no violation on any page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import ACTIVATION, BUY, WINDOW, Visitor
from tests.values import BUYER

AddItem = Callable[..., str]
Axe = Callable[..., None]

LOOKS = pytest.mark.parametrize(
    ("phone", "dark", "korean"), [(False, False, True), (True, True, False)], ids=["computer", "phone in the dark"]
)


@LOOKS
def test_pages_before_a_purchase(visit: Visit, item: AddItem, axe: Axe, phone: bool, dark: bool, korean: bool) -> None:
    visitor = visit(phone=phone, dark=dark, korean=korean, signed_in=False)
    shelf = item()
    for path in ("/", f"/items/{shelf}", "/login?next=%2F", "/register"):
        visitor.go(path)
        expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
        axe(visitor.page)


@LOOKS
def test_a_purchase(visit: Visit, item: AddItem, axe: Axe, phone: bool, dark: bool, korean: bool) -> None:
    buyer = visit(phone=phone, dark=dark, korean=korean)
    buyer.start(item())
    expect(buyer.page.locator("[name=buyer_name]")).to_be_focused()
    axe(buyer.page)
    buyer.fill("vbank")
    buyer.prepare()
    axe(buyer.page)

    buyer.pay_button.click()
    window = buyer.page if phone else buyer.page.frame_locator(WINDOW)
    yes = window.get_by_role("button", name="계좌 발급 Issue account", exact=True)
    expect(yes).to_be_visible()
    axe(buyer.page if phone else buyer.page.frames[-1])
    yes.click()

    buyer.arrives("waiting")
    expect(buyer.page.locator(".pt-timeline li").last).to_be_visible()
    axe(buyer.page)
    buyer.system.portone.control("POST", f"payments/{buyer.payments()[0]['imp_uid']}/deposit", {})
    buyer.arrives("success")
    expect(buyer.page.locator(".pt-timeline li").last).to_be_visible()
    axe(buyer.page)
    after_a_purchase(buyer, axe)


def after_a_purchase(buyer: Visitor, axe: Axe) -> None:
    buyer.go("/inventory")
    expect(buyer.page.locator(".pt-owned")).to_be_visible()
    axe(buyer.page)
    buyer.go("/history")
    buyer.page.locator(".pt-purchase button").click()
    buyer.page.locator(".pt-purchase button.pt-button-outlined").click()
    expect(buyer.page.get_by_role("dialog")).to_be_visible()
    axe(buyer.page)


def test_a_purchase_by_keyboard_alone(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.go(f"/items/{item()}")
    expect(buyer.button(BUY)).to_be_visible()
    keys = buyer.page.keyboard
    keys.press("Tab")
    expect(buyer.page.get_by_role("link", name="본문으로 건너뛰기")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    expect(buyer.button(BUY)).to_be_focused()
    keys.press("Enter")
    expect(buyer.page.get_by_role("dialog", name="결제하기")).to_be_visible()

    for name, value in BUYER.items():
        expect(buyer.page.locator(f"[name={name}]")).to_be_focused()
        keys.type(value)
        keys.press("Tab")
    for _ in ("past the postcode", "its search", "the address"):
        keys.press("Tab")
    expect(buyer.page.get_by_role("radio", checked=True)).to_be_focused()
    keys.press("ArrowDown")
    expect(buyer.page.get_by_role("radio").nth(1)).to_be_checked()
    buyer.page.evaluate(ACTIVATION, True)
    keys.press("Enter")
    expect(buyer.page.frame_locator(WINDOW).get_by_role("button", name="승인 Approve", exact=True)).to_be_focused()
    keys.press("Enter")

    buyer.arrives("success")
    expect(buyer.page.get_by_role("heading", name="결제가 완료됐어요")).to_be_focused()


def test_a_dialog_keeps_the_focus_and_gives_it_back(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.start(item())
    expect(buyer.page.get_by_role("dialog")).to_be_visible()
    inside = (
        "document.querySelector('dialog').contains(document.activeElement) || document.activeElement === document.body"
    )
    for _ in range(16):
        buyer.page.keyboard.press("Tab")
        assert buyer.page.evaluate(inside)

    buyer.page.keyboard.press("Escape")

    expect(buyer.page.get_by_role("dialog")).to_have_count(0)
    expect(buyer.button(BUY)).to_be_focused()
