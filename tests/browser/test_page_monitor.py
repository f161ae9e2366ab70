"""The page monitor itself: errors on a page are detected, and fail the test."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import Visit
from tests.browser.page_monitor import PageMonitor
from tests.system import CHECKOUT, System
from tests.waiting import until

STRANGER = "http://127.0.0.1:9"
"""An address of this machine that is neither the shop nor PortOne; nobody listens there."""

BAD = {
    "a complaint": ("<script>console.error('lost the cart')</script>", "console error: lost the cart"),
    "a warning": ("<script>console.warn('soon gone')</script>", "console warning: soon gone"),
    "an exception": ("<script>undefined.total</script>", "uncaught: .*total"),
    "a promise nobody waits for": ("<script>Promise.reject(Error('no price'))</script>", "uncaught: .*no price"),
    "a frame's complaint": ("<iframe srcdoc='<script>console.error(7)</script>'></iframe>", "console error: 7"),
    "something missing": ("<img alt='' src=/assets/none.png>", r"404 .*/assets/none\.png"),
    "a stranger's picture": (f"<img src={STRANGER}/pixel.gif>", f"request to a stranger: {STRANGER}/pixel.gif"),
    "a stranger's socket": ("<script>new WebSocket('ws://127.0.0.1:9/')</script>", "request to a stranger: ws://"),
}

HTML = {"Content-Type": "text/html; charset=utf-8"}
STRICT = {"Content-Security-Policy": "default-src 'none'; img-src data:"}

Show = Callable[..., Page]

TEST = """
from types import SimpleNamespace

import pytest

from tests.browser.conftest import chromium, item, monitor, profiles, visit, watch
from tests.fake_portone import PortOne

@pytest.fixture(scope="session")
def system():
    log = dict(end_of_log=lambda: 0, said_since=lambda place: "")  # It is in the hands of the other process.
    portone = PortOne(SimpleNamespace(url={portone!r}))
    return SimpleNamespace(url={url!r}, portone=portone, rows=lambda *query: [], **log)

@pytest.mark.parametrize("said", ["log", "error"])
def test_all_is_well(visit, said):
    visit(signed_in=False).page.evaluate("said => console[said]('lost the cart')", said)
"""
"""An ordinary test, which does not check the console."""


@pytest.fixture
def second(system: System) -> PageMonitor:
    """A second monitor, whose errors do not fail this test."""
    return PageMonitor({system.url})


@pytest.fixture
def show(chromium: Browser, system: System, second: PageMonitor) -> Iterator[Show]:
    """Open a page with this content, under the second monitor."""
    context = chromium.new_context()
    second.over(context)

    def open_page(body: str = "", headers: dict[str, str] | None = None) -> Page:
        head = '<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">'
        html = f"{head}<main><h1>A page</h1>{body}</main></html>"
        context.route(f"{system.url}/made-up", lambda route: route.fulfill(body=html, headers=HTML | (headers or {})))
        page = context.new_page()
        page.goto(f"{system.url}/made-up")
        return page

    yield open_page
    context.close()


def notices(watch: PageMonitor, page: Page, pattern: str) -> None:
    """Wait until the monitor has recorded a matching line. Evaluating a script processes pending events."""

    def look() -> bool:
        page.context.cookies()
        return any(re.search(pattern, line) for line in watch.seen)

    until(look, f"the watch sees {pattern!r}")


@pytest.mark.parametrize("bad", BAD)
def test_what_goes_wrong_on_a_page_is_seen(show: Show, second: PageMonitor, bad: str) -> None:
    body, pattern = BAD[bad]

    notices(second, show(body), pattern)

    with pytest.raises(AssertionError, match=pattern):
        second.verdict()


def test_violations_of_the_policy_are_seen_in_the_event_and_in_the_console(show: Show, second: PageMonitor) -> None:
    page = show("<script>alert(1)</script>", STRICT)

    notices(second, page, "^Content Security Policy: script-src-elem forbids inline ")
    notices(second, page, "^console error: .*script-src")


def test_a_crash_is_seen(show: Show, second: PageMonitor) -> None:
    page = show()
    with pytest.raises(Error):
        page.goto("chrome://crash")

    notices(second, page, "^the page crashed$")


def test_a_good_page_passes(show: Show, second: PageMonitor) -> None:
    page = show("<p>Hello</p>", STRICT)
    page.evaluate("console.log('all is well')")

    second.verdict()


def test_only_expected_errors_are_accepted(show: Show, second: PageMonitor) -> None:
    page = show()
    with second.expecting("sold out"):
        page.evaluate("console.error('sold out')")
        page.evaluate("console.error('something else')")
        notices(second, page, "something else")

    with pytest.raises(AssertionError, match=r"^On the pages of this test: console error: something else"):
        second.verdict()


def test_expected_errors_must_occur(show: Show, second: PageMonitor) -> None:
    page = show()
    expecting = second.expecting("sold out")
    expecting.__enter__()
    page.evaluate("console.error('something else')")
    notices(second, page, "something else")

    with pytest.raises(AssertionError, match=r"expected to see \['sold out'\], saw .*something else"):
        expecting.__exit__(None, None, None)


def test_a_test_fails_without_an_assertion_of_its_own(system: System, tmp_path: Path) -> None:
    (tmp_path / "test_shop.py").write_text(TEST.format(url=system.url, portone=system.portone.url))
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]

    # Without the plugins of other libraries, which take longer to load than the test.
    environ = os.environ | {"PYTHONPATH": str(CHECKOUT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    told = subprocess.run(words, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False).stdout

    assert "2 passed, 1 error" in told, told
    assert "On the pages of this test: console error: lost the cart" in told


def test_axe_finds_violations_under_the_strictest_policy(show: Show, axe: Callable[..., None]) -> None:
    axe(show("<p>Hello</p>", STRICT))

    with pytest.raises(AssertionError, match=r"button-name: .*<button>"):
        axe(show("<button></button>", STRICT))


def test_the_api_reference_is_shown(visit: Visit) -> None:
    visitor = visit(signed_in=False)
    visitor.go("/docs")

    expect(visitor.page.get_by_text("/api/v1/payments/verify").first).to_be_visible()
