"""`python -m scripts.vitals` measures the size and the timing of a running shop's pages, in a real browser.

A slow phone (processor four times slower, 1.6 Mbit/s, 150 ms) and a computer, each with an empty cache. Ends with
status 1 when a page with a checkout exceeds a limit stated in the README: its size, or its layout shift.
"""

import argparse
import os
import sys
from typing import Final

import requests
from playwright.sync_api import Browser, Page, Request, sync_playwright
from rich.console import Console
from rich.table import Table

from pitturu.cli.demo_data import PEOPLE
from scripts import browser as browsers

MOST_BYTES: Final = 40 * 1024
MOST_SHIFT: Final = 0.02
"""A fifth of Lighthouse's limit for "good"."""

SLOW: Final = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
OBSERVE: Final = """
window.vitals = { lcp: 0, cls: 0, tbt: 0, busy: 0 };
const observe = (type, add) =>
  new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type, buffered: true });
observe("largest-contentful-paint", (entry) => { window.vitals.lcp = entry.startTime; });
observe("layout-shift", (entry) => { if (!entry.hadRecentInput) window.vitals.cls += entry.value; });
observe("longtask", (entry) => {
  window.vitals.tbt += Math.max(0, entry.duration - 50);
  window.vitals.busy = Math.max(window.vitals.busy, entry.startTime + entry.duration);
});
"""
COMPLETE: Final = """() =>
  document.querySelector("h1") !== null && document.querySelector("[aria-busy=true]") === null &&
  document.fonts.status === "loaded" && window.vitals.lcp > 0"""
"""A slow processor leaves the network idle long before the page is complete; the figures would be too good."""
TIMEOUT: Final = 60_000

READ: Final = """async () => {
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  const fcp = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  return { ...window.vitals, fcp, usable: Math.max(fcp, window.vitals.busy) };
}"""
"""A page is usable after the first paint and the last long task."""

Figures = dict[str, float]


def measure(page: Page, address: str) -> Figures:
    """One page, loaded with an empty cache until it is complete."""
    weights: dict[str, int] = {}

    def weigh(request: Request) -> None:
        # The sheet of slices only names files of the typeface, and no page waits for it.
        is_font = "/fonts/" in request.url or "/slices-" in request.url
        kind = "fonts" if is_font else "code" if request.url.endswith((".js", ".css")) else "rest"
        weights[kind] = weights.get(kind, 0) + request.sizes()["responseBodySize"]

    done: list[Request] = []
    page.on("requestfinished", lambda request: done.append(request))
    page.goto(address, wait_until="networkidle")
    page.wait_for_function(COMPLETE, timeout=TIMEOUT)
    for request in done:
        weigh(request)
    return {**page.evaluate(READ), **weights, "requests": len(done)}


def visit(browser: Browser, address: str, tokens: str | None, phone: bool) -> Figures:
    """A first visit with a new browser profile."""
    context = browser.new_context(viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 800})
    context.add_init_script(OBSERVE)
    if tokens:
        context.add_init_script("localStorage.setItem('pitturu.login', 'vitals')")
        context.add_init_script(f"sessionStorage.setItem('pitturu.access', {tokens!r})")
    page = context.new_page()
    if phone:
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    figures = measure(page, address)
    context.close()
    return figures


def sign_in(shop: str) -> str:
    """The access token of the demo buyer, as a browser stores it."""
    name, password, _ = PEOPLE[0]
    answer = requests.post(f"{shop}/api/v1/auth/login", json={"username": name, "password": password}, timeout=10)
    answer.raise_for_status()
    return f'{{"login":"vitals","access":"{answer.json()["access_token"]}","until":9999999999999}}'


def main() -> int:
    """Prints the table; returns 1 when a limit is exceeded."""
    parser = argparse.ArgumentParser(description="Weigh and time the pages of a running shop.")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="where `make run` says that the shop is")
    shop = parser.parse_args().url.rstrip("/")
    console = Console()
    chromium = browsers.find()
    if chromium is None:
        console.print(browsers.ADVICE)
        return 1
    try:
        items = requests.get(f"{shop}/api/v1/items", timeout=10).json()["items"]
        tokens = sign_in(shop)
    except requests.RequestException as error:
        console.print(f"The shop at {shop} cannot be used: {error}. Start it with `make run`, or name another --url.")
        return 1
    checkout = f"/items/{items[0]['id']}"
    table = Table(
        "page", "visitor", "code KiB", "fonts KiB", "requests", "FCP ms", "LCP ms", "CLS", "blocked ms", "usable ms"
    )
    kept = True
    with sync_playwright() as playwright:
        flags = ["--disable-gpu", "--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for path in ("/", checkout, "/cart", "/login", "/history", "/inventory"):
            for phone in (True, False):
                figures = visit(browser, shop + path, None if path == "/login" else tokens, phone)
                light = path not in (checkout, "/cart") or figures["code"] < MOST_BYTES
                kept &= light and figures["cls"] <= MOST_SHIFT
                table.add_row(
                    path.replace(checkout, "/items/{id}"), "slow phone" if phone else "computer", *_row(figures)
                )
        browser.close()
    console.print(table)
    console.print("Kept." if kept else f"Broken: own code of a checkout < {MOST_BYTES} bytes, CLS <= {MOST_SHIFT}.")
    return 0 if kept else 1


def _row(figures: Figures) -> list[str]:
    sizes = [f"{figures.get(kind, 0) / 1024:.1f}" for kind in ("code", "fonts")]
    times = [f"{figures[name]:.0f}" for name in ("requests", "fcp", "lcp")]
    return [*sizes, *times, f"{figures['cls']:.3f}", f"{figures['tbt']:.0f}", f"{figures['usable']:.0f}"]


if __name__ == "__main__":
    sys.exit(main())
