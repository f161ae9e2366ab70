"""The screenshots of the README. Written only if SCREENSHOTS is set; rendered on every run."""

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


def picture(visitor: Visitor, name: str) -> None:
    """Small enough for a repository: JPEG, at the size of the page."""
    visitor.page.evaluate("document.fonts.ready.then(() => null)")
    taken = visitor.page.screenshot(type="jpeg", quality=70, animations="disabled")
    assert len(taken) < 120 * 1024
    if os.environ.get("SCREENSHOTS"):
        PICTURES.mkdir(exist_ok=True)
        (PICTURES / f"{name}.jpg").write_bytes(taken)


def test_a_purchase_on_a_computer_and_an_account_on_a_phone(visit: Visit, item: Callable[..., str]) -> None:
    buyer = visit()
    buyer.go("/")
    expect(buyer.page.locator(".pt-good h2").first).to_be_visible()
    picture(buyer, "shop")
    buyer.order(item())
    picture(buyer, "modal")
    buyer.open_window()
    picture(buyer, "window")

    phone = visit(phone=True, dark=True)
    phone.go("/")
    phone.order(item(), "vbank")
    phone.pay_button.click()
    phone.button("계좌 발급 Issue account").click()
    phone.arrives("waiting")
    expect(phone.page.locator(".pt-timeline li").last).to_be_attached()
    picture(phone, "account")
