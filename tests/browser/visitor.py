"""A user in front of a browser, and their actions."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.page_monitor import PageMonitor
from tests.journeys.processes.buyer import Buyer
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
PAY = re.compile(r"원 결제하기$|^Pay ₩")

YES = re.compile("^(승인 Approve|계좌 발급 Issue account)$")

THREE_CLICKS = "button => { button.click(); button.click(); button.click(); }"

READY = '[data-phase="ready"]'
"""The order is prepared, and the next press of the pay button opens the window at once."""

ACTIVATION = (
    "active => Object.defineProperty(navigator, 'userActivation', { value: { isActive: active }, configurable: true })"
)
"""What the browser says of the last click: whether a window may still be opened for it."""

WINDOW = 'iframe[title*="테스트 결제창"]'


@dataclass
class Visitor:
    """One page of one visitor. `username` is who is signed in on it, and `access_token` the one of that login."""

    page: Page
    watch: PageMonitor
    system: System
    username: str | None
    korean: bool = True
    access_token: str = ""
    generation: str | None = None

    @property
    def account(self) -> Buyer:
        """The same user over the API, for what is not the subject of the test: that takes a tenth of the time."""
        assert self.username
        generation, signed_in = self.generation or "v1", (self.username, self.access_token)
        return Buyer(self.system.url, self.system.portone, generation=generation, signed_in=signed_in)

    def go(self, path: str) -> None:
        """Open a page of the shop."""
        self.page.goto(self.system.url + path)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """A button with exactly this label."""
        return self.page.get_by_role("button", name=name, exact=True)

    def start(self, item: str) -> None:
        """Open the checkout of an item."""
        self.ask_for_generation()
        self.go(f"/items/{item}")
        # However slow the machine is.
        self.page.evaluate(ACTIVATION, True)
        self.button(BUY).click()

    def ask_for_generation(self) -> None:
        """Have a shop whose default is the generation of this visitor, if there is one."""
        if self.generation is None:
            return

        def through(route: Route) -> None:
            route.continue_(post_data={**route.request.post_data_json, "generation": self.generation})

        self.page.context.route("**/api/v1/payments/sessions", through)

    def fill(self, method: str = "card", **changes: str) -> None:
        """Choose a payment method and fill in the buyer."""
        self.choose(method)
        for name, value in (BUYER | changes).items():
            self.page.locator(f"[name={name}]").fill(value)

    def choose(self, method: str) -> None:
        """Choose a payment method."""
        self.page.get_by_role("radio", name=METHODS[method][0 if self.korean else 1], exact=True).check()

    def order_by_hand(self, item: str, method: str = "card", **changes: str) -> None:
        """Everything up to the prepared order, whose window the next press opens at once."""
        self.start(item)
        self.fill(method, **changes)
        self.prepare()

    def order(self, item: str, method: str = "card") -> None:
        """The same, but the order was made over the API: for tests of what comes afterwards."""
        language = "ko" if self.korean else "en"
        back = f"{self.system.url}/payment/return"
        session = self.account.prepared(item_id=item, pay_method=method, language=language, redirect_url=back)
        self.go(f"/items/{item}?session={session['session_id']}")
        self.page.evaluate(ACTIVATION, True)
        self.is_ready()

    def prepare(self) -> None:
        """Press the button in a browser that opens no window later than in the click, so that none opens yet."""
        self.page.evaluate(ACTIVATION, False)
        self.pay_button.click()
        self.is_ready()
        self.page.evaluate(ACTIVATION, True)

    def is_ready(self) -> None:
        """The next press opens the window at once."""
        expect(self.page.locator(READY)).to_be_visible()
        expect(self.pay_button).to_be_enabled()

    @property
    def pay_button(self) -> Locator:
        """The button that makes the order and opens PortOne's window."""
        return self.page.get_by_role("button", name=PAY)

    def pay(self, how: str = "승인 Approve") -> None:
        """Press the button, and one in the window that opens."""
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

    def story(self) -> list[str]:
        """Every status that this page's session had, in order."""
        query = (
            "SELECT to_status FROM payment_events JOIN payment_sessions ON session_key = payment_sessions.id"
            " WHERE session_id = %s AND to_status IS NOT NULL ORDER BY payment_events.id"
        )
        return [status for (status,) in self.system.rows(query, self.session_id)]

    def until_status(self, status: str) -> None:
        """Wait until the server has this status."""
        until(lambda: self.status() == status, f"the session is {status}")
