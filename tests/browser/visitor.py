"""A user in front of a browser, and their actions."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.page_monitor import PageMonitor
from tests.system import System
from tests.values import BUYER
from tests.waiting import until

METHODS = {
    "card": ("신용·체크카드", "Credit or debit card"),
    "kakaopay": ("카카오페이", "KakaoPay"),
    "trans": ("실시간 계좌이체", "Bank transfer"),
    "vbank": ("가상계좌 (무통장입금)", "Virtual account"),
    "phone": ("휴대폰 결제", "Mobile phone bill"),
}
"""The labels of the payment methods, in Korean and in English."""

GENERATIONS = pytest.mark.parametrize("generation", ["v1", "v2"])
"""For tests of what is the same with either of PortOne's APIs: visitors accept `generation`."""

BUY = re.compile("^(바로 구매|Buy now)$")
NEXT = re.compile("^(다음|Next)$")
PAY = re.compile(r"원 결제하기$|^Pay ₩")

YES = re.compile("^(승인 Approve|계좌 발급 Issue account)$")

WINDOW = 'iframe[title*="테스트 결제창"]'


@dataclass
class Visitor:
    """One page of one visitor. `username` is who is signed in on it."""

    page: Page
    watch: PageMonitor
    system: System
    username: str | None
    korean: bool = True

    def go(self, path: str) -> None:
        """Open a page of the shop."""
        self.page.goto(self.system.url + path)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """A button with exactly this label."""
        return self.page.get_by_role("button", name=name, exact=True)

    def start(self, item: str) -> None:
        """Open the checkout of an item."""
        self.go(f"/items/{item}")
        self.button(BUY).click()

    def fill(self, method: str = "card", **changes: str) -> None:
        """Choose a payment method and fill in the buyer."""
        self.choose(method)
        for name, value in (BUYER | changes).items():
            self.page.locator(f"[name={name}]").fill(value)

    def choose(self, method: str) -> None:
        """Choose a payment method."""
        self.page.get_by_role("radio", name=METHODS[method][0 if self.korean else 1], exact=True).check()

    def order(self, item: str, method: str = "card", **changes: str) -> None:
        """Everything up to the enabled button that opens the window."""
        self.start(item)
        self.fill(method, **changes)
        self.button(NEXT).click()
        expect(self.pay_button).to_be_enabled()

    @property
    def pay_button(self) -> Locator:
        """The button that opens PortOne's window."""
        return self.page.get_by_role("button", name=PAY)

    def pay(self, how: str = "승인 Approve") -> None:
        """Open the window and press a button in it."""
        self.pay_button.click()
        self.in_window(how)

    def open_window(self) -> None:
        """Open the window and leave it open."""
        self.pay_button.click()
        self.page.frame_locator(WINDOW).get_by_role("button", name=YES).wait_for()

    def in_window(self, how: str) -> None:
        """Press a button in the open window."""
        self.page.frame_locator(WINDOW).get_by_role("button", name=how, exact=True).click()

    def arrives(self, view: str) -> None:
        """The browser ends on this result page."""
        self.page.wait_for_url(f"**/payment/{view}?session=*")
        expect(self.page.locator(".pt-result h1")).to_be_visible()

    @property
    def phase(self) -> Locator:
        """The phase that the checkout shows."""
        return self.page.locator("[data-phase]").first

    @property
    def session_id(self) -> str:
        """The session id in the URL."""
        found = re.search(r"[?&]session=(\w+)", self.page.url)
        assert found, self.page.url
        return found[1]

    def payments(self) -> list[Any]:
        """The payments that PortOne has for this page's order."""
        ((merchant_uid,),) = self.system.rows(
            "SELECT merchant_uid FROM payment_sessions WHERE session_id = %s", self.session_id
        )
        told: list[Any] = self.system.portone.control("GET", f"payments?merchant_uid={merchant_uid}")["payments"]
        return told

    def generations(self) -> set[str]:
        """The generations of this page's order."""
        return {payment["behind"]["generation"] for payment in self.payments()}

    def status(self) -> str:
        """The status of this page's session on the server."""
        ((status,),) = self.system.rows("SELECT status FROM payment_sessions WHERE session_id = %s", self.session_id)
        return str(status)

    def until_status(self, status: str) -> None:
        """Wait until the server has this status."""
        until(lambda: self.status() == status, f"the session is {status}")
