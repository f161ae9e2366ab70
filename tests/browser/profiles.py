"""Browser profiles that the tests use one after the other.

A new profile starts with empty caches: its processes fetch, compile and decode again what the one before had. A test
gets a profile without pages, cookies and storage; what is cached stays.
"""

import time
from collections import defaultdict
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.browser.page_monitor import PageMonitor
from tests.waiting import TIMEOUT

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36",
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}

LONGEST_LOGIN = 5
"""Seconds that an answer to a login is waited for."""

STORE = "(kept) => { localStorage.clear(); Object.entries(kept).forEach((pair) => localStorage.setItem(...pair)); }"


class Device(NamedTuple):
    """What cannot be changed in a profile once it was made."""

    phone: bool
    korean: bool
    dark: bool


class Profile:
    """A browser profile. Its first page shows nothing and stays open, so that the process of the shop's pages does."""

    def __init__(self, browser: Browser, home: str, device: Device, monitor: PageMonitor) -> None:
        self.device = device
        self.context: BrowserContext = browser.new_context(
            **(PHONE if device.phone else DESKTOP),
            locale="ko-KR" if device.korean else "en-US",
            timezone_id="Asia/Seoul",
            color_scheme="dark" if device.dark else "light",
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        self.context.set_default_timeout(500 * TIMEOUT)
        monitor.over(self.context)
        self._logins: set[Request] = set()
        self.context.on("request", lambda request: self._logins.add(request) if "/auth/" in request.url else None)
        self.context.on("response", lambda response: self._logins.discard(response.request))
        self.context.on("requestfailed", lambda request: self._logins.discard(request))
        self._first: Page = self.context.new_page()
        self._first.goto(f"{home}/healthz")

    def sign_in(self, cookie: Any, stored: dict[str, str]) -> None:
        """Have this cookie and this local storage, as after a login."""
        self.context.add_cookies([cookie])
        self._first.evaluate(STORE, stored)

    def clean(self) -> bool:
        """Close and forget all that a test has left, except the caches. Returns whether the next test may have it.

        An answer that sets a cookie is waited for first, since it would come after the page was closed, into the
        profile of the next test. The browser does not report the end of every request of a page that is left.
        """
        deadline = time.monotonic() + LONGEST_LOGIN
        while self._logins and time.monotonic() < deadline:
            self._first.wait_for_timeout(20)
        if self._logins:
            self.context.close()
            return False
        for page in self.context.pages:
            if page is not self._first:
                page.close()
        self.context.unroute_all()
        self.context.set_offline(False)
        self.context.clear_cookies()
        self._first.evaluate(STORE, {})
        return True


class Profiles:
    """The profiles of one browser, those that are free by device."""

    def __init__(self, browser: Browser, home: str, monitor: PageMonitor) -> None:
        self._browser, self._home, self._monitor = browser, home, monitor
        self._free: defaultdict[Device, list[Profile]] = defaultdict(list)

    def take(self, device: Device, *, new: bool = False) -> Profile:
        """A profile that nobody uses; a new one if it must be."""
        free = self._free[device]
        return free.pop() if free and not new else Profile(self._browser, self._home, device, self._monitor)

    def give_back(self, profile: Profile) -> None:
        """Clean it for the next test."""
        if profile.clean():
            self._free[profile.device].append(profile)
