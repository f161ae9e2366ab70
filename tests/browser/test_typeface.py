"""The typeface at a first visit, with an empty cache, on a machine that may have no Korean font."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.waiting import until

SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.shifts += entry.value; }))
  .observe({ type: "layout-shift", buffered: true });
"""


def fonts_of(page: Page) -> set[tuple[str, bool]]:
    """The fonts that the browser draws the whole page with; of each whether it came with the page."""
    cdp: Any = page.context.new_cdp_session(page)
    cdp.send("DOM.enable")
    cdp.send("CSS.enable")
    nodes = cdp.send("DOM.getFlattenedDocument", {"depth": -1})["nodes"]
    texts = [node["parentId"] for node in nodes if node["nodeName"] == "#text" and node["nodeValue"].strip()]
    found: set[tuple[str, bool]] = set()
    for node in dict.fromkeys(texts):
        used = cdp.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        found |= {(font["familyName"], font["isCustomFont"]) for font in used}
    cdp.detach()
    return found


def test_the_first_page_is_drawn_in_one_typeface_and_does_not_move(visit: Visit) -> None:
    visitor = visit(signed_in=False, phone=True, new=True)
    visitor.page.add_init_script(SHIFTS)
    visitor.go("/")
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    expect(visitor.page.locator(".pt-good h2").first).to_be_visible()

    until(lambda: all(custom for _, custom in fonts_of(visitor.page)), "every text is drawn in the page's own typeface")

    assert len({name for name, _ in fonts_of(visitor.page)}) == 1
    assert visitor.page.evaluate("window.shifts") == 0
