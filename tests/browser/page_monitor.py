"""What must never happen on a page, monitored on every page of every test."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => tellViolation(
  `Content Security Policy: ${event.effectiveDirective} forbids ${event.blockedURI} (${event.documentURI})`
), true);
"""
"""The browser's console messages differ between versions; the event does not."""


@dataclass
class PageMonitor:
    """Complaints of the console, violations of the policy, uncaught errors, crashes, requests to strangers.

    A test that provokes one says so with `expecting`; what was expected and did not come is a failure as well.
    """

    own: set[str]
    homes: set[str] = field(default_factory=set)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget what the test before has seen and allowed."""
        self.homes = set(self.own)
        self.seen.clear()

    def over(self, context: BrowserContext) -> None:
        """PageMonitor every page that this context opens."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self._note(f"uncaught: {error.error}"))
        context.on("request", self._request)
        context.on("page", self._page)
        context.expose_binding("tellViolation", lambda _, told: self._note(str(told)))
        context.add_init_script(TELL_VIOLATIONS)

    @contextmanager
    def expecting(self, *patterns: str) -> Iterator[None]:
        """Each of these patterns must match an error during the block."""
        before, expected = len(self.seen), [re.compile(pattern) for pattern in patterns]
        yield
        new = self.seen[before:]
        missing = [one.pattern for one in expected if not any(one.search(line) for line in new)]
        assert not missing, f"expected to see {missing}, saw {new}"
        self.seen[before:] = [line for line in new if not any(one.search(line) for one in expected)]

    def verdict(self) -> None:
        """Fails with everything that was recorded."""
        assert not self.seen, "On the pages of this test: " + "; ".join(self.seen)

    def _console(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if "409" in message.text and url.endswith("/window"):
            return  # The payment may be there before the report that its window is being opened.
        if message.type in ("error", "warning"):
            self._note(f"console {message.type}: {message.text} ({url})")

    def _page(self, page: Page) -> None:
        page.on("crash", lambda _: self._note("the page crashed"))
        page.on("websocket", lambda socket: self._address(socket.url))

    def _request(self, request: Request) -> None:
        self._address(request.url)

    def _address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and f"{parts.scheme}://{parts.netloc}" not in self.homes:
            self._note(f"request to a stranger: {url}")

    def _note(self, line: str) -> None:
        self.seen.append(line[:400])


def complaints_of_axe(page: Page, axe: str, within: str | None = None) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its own best practices, one line for each element. Where a dialog is open
    only that is looked at: what is behind it cannot be reached."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate(
        "([within, tags]) => axe.run(within ?? document.querySelector('dialog[open]') ?? document,"
        " { runOnly: tags, iframes: false, resultTypes: ['violations'] })",
        [within, tags],
    )
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]
    ]
