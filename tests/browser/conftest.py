"""A running shop and browsers. Every error on a page fails its test."""

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Route, expect, sync_playwright

from scripts import browser as browsers
from tests import waiting
from tests.browser.page_monitor import PageMonitor, complaints_of_axe
from tests.browser.visitor import Visitor
from tests.shop import PASSWORD
from tests.system import System, whole_system

PATIENCE = 1000 * waiting.PATIENCE
"""Milliseconds after which an expected element counts as missing."""

FLAGS = (
    *("--disable-gpu", "--in-process-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36",
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}

Visit = Callable[..., Visitor]


@pytest.fixture(scope="package")
def system() -> Iterator[System]:
    """Web, worker, beat, Postgres, Valkey and PortOne, each a process."""
    _browser_path()
    with whole_system() as system:
        yield system


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser; every visitor gets a new profile in it."""
    path = _browser_path()
    expect.set_options(timeout=PATIENCE)
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def watch(system: System) -> Iterator[PageMonitor]:
    """Monitors all pages, and fails the test after its end. The output of the processes is shown with a failure."""
    place = system.end_of_log()
    watch = PageMonitor({system.url, system.portone.url})
    yield watch
    system.portone.faults()
    print(system.said_since(place))
    watch.verdict()


@pytest.fixture
def visit(chromium: Browser, system: System, watch: PageMonitor) -> Iterator[Visit]:
    """Create visitors: `visit(phone=True, korean=False, dark=True, signed_in=False)`; `as_` is an earlier visitor."""
    contexts: list[BrowserContext] = []

    def make(
        *,
        phone: bool = False,
        korean: bool = True,
        dark: bool = False,
        fonts: bool = False,
        signed_in: bool = True,
        generation: str | None = None,
        as_: str | None = None,
    ) -> Visitor:
        username = as_ or (new_user(system) if signed_in else None)
        context = chromium.new_context(
            **(PHONE if phone else DESKTOP),
            locale="ko-KR" if korean else "en-US",
            timezone_id="Asia/Seoul",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
            storage_state=_signed_in(system, username) if username else None,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if not fonts:
            # Dozens of slices for every new profile: what is written here is read by tests, which need no typeface.
            context.route("**/assets/fonts-*.css", lambda route: route.fulfill(body="", content_type="text/css"))
        if generation is not None:
            context.route("**/api/v1/payments/sessions", lambda route: _through(route, generation))
        watch.over(context)
        return Visitor(context.new_page(), watch, system, username, korean)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def item(system: System) -> Callable[..., str]:
    """Add an item to the catalogue; its id."""

    def add(name: str = "제주 감귤 5kg", price: int = 24_900, stock: int | None = 10) -> str:
        query = "INSERT INTO items (name, price, stock) VALUES (%s, %s, %s) RETURNING id"
        return str(system.rows(query, name, price, stock)[0][0])

    return add


@pytest.fixture(scope="session")
def axe() -> Callable[..., None]:
    """`axe(page)` fails on every accessibility violation."""
    code = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()

    def look(page: Any, within: str | None = None) -> None:
        assert complaints_of_axe(page, code, within) == []

    return look


def _through(route: Route, generation: str) -> None:
    """A shop whose default is this one of PortOne's APIs, for one visitor."""
    route.continue_(post_data={**route.request.post_data_json, "generation": generation})


def new_user(system: System) -> str:
    """A user who can log in."""
    username = f"hana-{secrets.token_hex(4)}"
    api(system, "auth/register", username)
    return username


def _signed_in(system: System, username: str) -> Any:
    """A browser profile in which this user has just logged in."""
    (cookie,) = api(system, "auth/login", username, cookie=True).cookies
    about = {"name": cookie.name, "value": cookie.value, "domain": urlsplit(system.url).hostname, "path": cookie.path}
    limits = {"expires": cookie.expires, "httpOnly": True, "secure": cookie.secure, "sameSite": "Strict"}
    kept = [{"name": "pitturu.login", "value": "of this test"}]
    return {"cookies": [about | limits], "origins": [{"origin": system.url, "localStorage": kept}]}


def api(system: System, path: str, username: str, **more: Any) -> requests.Response:
    """Register or log in over the API."""
    body = {"username": username, "password": PASSWORD, **more}
    answer = requests.post(f"{system.url}/api/v1/{path}", json=body, headers={"Origin": system.url}, timeout=30)
    assert answer.ok, answer.text
    return answer


def _browser_path() -> str:
    path = browsers.find()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(browsers.ADVICE)
    return path
