"""The layout: a dialog is a sheet on a phone, no page is wider than its screen, and what is pressed is large enough."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

NARROW = {"width": 320, "height": 640}
"""The narrowest screen that WCAG 1.4.10 asks for."""

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

SMALL = """
() => [...document.querySelectorAll("button, main a, header a, nav a, input, select, summary, label:has(input)")]
  .filter((one) => one.checkVisibility() && !one.closest("p") && !one.matches(".pt-skip, label input"))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, { width, height }]) => width > 1 && (width < 43.5 || height < 43.5))
  .map(([one, { width, height }]) => `${one.outerHTML.slice(0, 90)} ${width}×${height}`)
"""
"""What is pressed and smaller than 44 px, except links in sentences (WCAG 2.5.8) and what a larger label belongs to."""


TWICE = """
() => [...document.querySelectorAll("main :is(h1, h2, h3, p)")].flatMap((one) => one.textContent.split(/[.…]/))
  .map((said) => said.trim()).filter((said, place, all) => said.length > 8 && all.indexOf(said) !== place)
"""
"""Sentences that the page says twice."""


def fits(visitor: Visitor, where: str) -> None:
    """Nothing moves sideways, and targets are large enough."""
    assert visitor.page.evaluate(WIDER) <= 0, where
    assert visitor.page.evaluate(SMALL) == [], where


@pytest.mark.parametrize("korean", [True, False], ids=["Korean", "English"])
def test_every_page_fits_a_narrow_phone(visit: Visit, item: Callable[..., str], korean: bool) -> None:
    shelf = item(name="가나다라마바사아자차카타파하" * 3, price=1_234_567)
    stranger = visit(phone=True, korean=korean, signed_in=False)
    stranger.page.set_viewport_size(NARROW)
    for path in ("/", f"/items/{shelf}", "/login", "/register", "/cart"):
        shown(stranger, path)
    stranger.go(f"/items/{shelf}")
    stranger.page.locator(".pt-offer .pt-button-tonal").click()
    fits(stranger, "added")
    shown(stranger, "/cart")
    with stranger.watch.expecting("404"):
        shown(stranger, "/nowhere")

    buyer = visit(phone=True, korean=korean)
    buyer.page.set_viewport_size(NARROW)
    buyer.order(shelf, "vbank")
    fits(buyer, "ready")
    buyer.pay_button.click()
    buyer.button("계좌 발급 Issue account").click()
    buyer.arrives("waiting")
    expect(buyer.page.locator(".pt-timeline li[data-waiting]")).to_have_count(1)
    fits(buyer, "account")
    assert buyer.page.evaluate(TWICE) == []
    for path in ("/inventory", "/account", "/history"):
        shown(buyer, path)
    buyer.page.locator(".pt-purchase button").click()
    expect(buyer.page.locator(".pt-timeline li").last).to_be_visible()
    fits(buyer, "purchase")
    buyer.page.locator(".pt-purchase button.pt-button-outlined").click()
    fits(buyer, "cancel")


def shown(visitor: Visitor, path: str) -> None:
    """Open a page, which fits as soon as it is loaded."""
    visitor.go(path)
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    expect(visitor.page.locator("[aria-busy=true]")).to_have_count(0)
    fits(visitor, path)


def test_a_dialog_is_a_sheet_on_a_phone(visit: Visit, item: Callable[..., str]) -> None:
    """At the lower edge and as wide as the screen; the page behind it does not scroll. Dragged down, it closes."""
    buyer = visit(phone=True)
    buyer.start(item())
    sheet = buyer.page.get_by_role("dialog")
    header = sheet.get_by_role("heading", level=2)
    expect(header).to_be_visible()
    box = sheet.bounding_box()
    screen = buyer.page.viewport_size
    assert box
    assert screen
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, screen["width"], screen["height"])
    assert buyer.page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"

    drag(buyer, 40)
    expect(sheet).to_be_visible()
    assert sheet.bounding_box() == box, "let go too early, it returns"
    drag(buyer, 200)
    expect(sheet).to_have_count(0)


def drag(buyer: Visitor, down: int) -> None:
    """Drag the header of the sheet with a finger."""
    handle = buyer.page.locator(".pt-dialog-body > header")
    box = handle.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + 10
    touch = buyer.page.context.new_cdp_session(buyer.page)
    for kind, at in (("touchStart", y), ("touchMove", y + down / 2), ("touchMove", y + down)):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": at}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_dialog_moves_nothing_on_a_computer(visit: Visit, item: Callable[..., str]) -> None:
    """It is in the middle, and the page behind it stays where it is and as wide as it is."""
    buyer = visit()
    buyer.go(f"/items/{item()}")
    heading = buyer.page.get_by_role("heading", level=1)
    expect(heading).to_be_visible()
    before = heading.bounding_box()
    buyer.page.locator(".pt-offer .pt-button-filled").click()
    dialog = buyer.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=2)).to_be_visible()
    assert heading.bounding_box() == before
    box, page = dialog.bounding_box(), buyer.page.get_by_role("main").bounding_box()
    assert box
    assert page
    assert abs(box["x"] + box["width"] / 2 - page["x"] - page["width"] / 2) < 1
