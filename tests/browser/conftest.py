"""A running shop and browsers. Every error on a page fails its test."""

import os
import secrets
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
import requests
from playwright.sync_api import Browser, expect, sync_playwright

from pitturu.api.passwords import HASHER
from scripts import browser as browsers
from tests import waiting
from tests.browser.page_monitor import PageMonitor, complaints_of_axe
from tests.browser.profiles import Device, Profile, Profiles
from tests.browser.visitor import Visitor
from tests.journeys.processes.buyer import Buyer
from tests.shop import PASSWORD
from tests.system import System, whole_system

TIMEOUT = 500 * waiting.TIMEOUT
"""Milliseconds after which an expected element counts as missing."""

FLAGS = (
    *("--disable-gpu", "--in-process-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
Visit = Callable[..., Visitor]


@pytest.fixture(scope="package")
def system() -> Iterator[System]:
    """Web, worker, beat, Postgres, Valkey and PortOne, each a process. With one web process and few sweeps it takes
    little time from the browser; no page waits for a sweep."""
    _browser_path()
    with whole_system(WEB_CONCURRENCY="1", SWEEP_INTERVAL="10") as system:
        yield system


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser."""
    path = _browser_path()
    expect.set_options(timeout=TIMEOUT)
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def monitor(system: System) -> PageMonitor:
    """Monitors all pages of the visitors of all tests."""
    return PageMonitor({system.url, system.portone.url})


@pytest.fixture(scope="package")
def profiles(chromium: Browser, system: System, monitor: PageMonitor) -> Profiles:
    """The profiles of the visitors of all tests."""
    return Profiles(chromium, system.url, monitor)


@pytest.fixture
def watch(system: System, monitor: PageMonitor) -> Iterator[PageMonitor]:
    """Monitors all pages and what the processes write, and fails the test after its end. Their output is shown with a
    failure."""
    place = system.end_of_log()
    monitor.begin()
    yield monitor
    system.portone.faults()
    output = system.said_since(place)
    print(output)
    monitor.verdict()
    assert "| Traceback" not in output, "what a process does not handle is no line of its log"


@pytest.fixture
def visit(profiles: Profiles, system: System, watch: PageMonitor, item: Callable[..., str]) -> Iterator[Visit]:
    """Create visitors: `visit(phone=True, korean=False, dark=True, signed_in=False)`; `as_` is an earlier visitor. One
    with a `new` browser has empty caches, and nobody uses it afterwards. They leave before the items do."""
    used: list[Profile] = []
    new_ones: list[Profile] = []

    def make(
        *,
        phone: bool = False,
        korean: bool = True,
        dark: bool = False,
        signed_in: bool = True,
        generation: str | None = None,
        as_: str | None = None,
        new: bool = False,
    ) -> Visitor:
        username = as_ or (new_user(system) if signed_in else None)
        profile = profiles.take(Device(phone, korean, dark), new=new)
        (new_ones if new else used).append(profile)
        access_token = ""
        if username:
            cookie, access_token = _login(system, username)
            profile.sign_in(cookie, {"pitturu.login": "of this test"})
        return Visitor(profile.context.new_page(), watch, system, username, korean, access_token, generation)

    yield make
    for profile in new_ones:
        profile.context.close()
    for profile in used:
        profiles.give_back(profile)


@pytest.fixture
def item(system: System) -> Iterator[Callable[..., str]]:
    """Add an item to the catalogue; its id. It is not sold after the test, so that the catalogue stays short."""
    added: list[str] = []

    def add(name: str = "제주 감귤 5kg", price: int = 24_900, stock: int | None = 10) -> str:
        query = "INSERT INTO items (name, price, stock) VALUES (%s, %s, %s) RETURNING id"
        added.append(str(system.rows(query, name, price, stock)[0][0]))
        return added[-1]

    yield add
    system.rows("UPDATE items SET active = false WHERE id = ANY(%s::uuid[]) RETURNING id", added)


@pytest.fixture(scope="session")
def axe() -> Callable[..., None]:
    """`axe(page)` fails on every accessibility violation."""
    code = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()

    def look(page: Any, within: str | None = None) -> None:
        assert complaints_of_axe(page, code, within) == []

    return look


def new_user(system: System, role: str = "buyer") -> str:
    """A user who can log in. Added as a row: registering would take longer than the page that is the subject."""
    username = f"hana-{secrets.token_hex(4)}"
    query = "INSERT INTO users (username, password_hash, role) VALUES (%s, %s, %s)"
    system.rows(query, username, _password_hash(), role)
    return username


def new_buyer(system: System, role: str = "buyer", generation: str = "v1") -> Buyer:
    """A new user, logged in over the API."""
    name = new_user(system, role)
    _, access_token = _login(system, name)
    return Buyer(system.url, system.portone, generation=generation, signed_in=(name, access_token))


@cache
def _password_hash() -> str:
    return str(HASHER.hash(PASSWORD))


def _login(system: System, username: str) -> tuple[Any, str]:
    """The cookie of a browser in which this user has just logged in, and the access token."""
    answer = api(system, "auth/login", username, cookie=True)
    (cookie,) = answer.cookies
    about = {"name": cookie.name, "value": cookie.value, "domain": urlsplit(system.url).hostname, "path": cookie.path}
    limits = {"expires": cookie.expires, "httpOnly": True, "secure": cookie.secure, "sameSite": "Strict"}
    return about | limits, answer.json()["access_token"]


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
