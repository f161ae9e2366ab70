"""The components of the npm package are readable in the pages of other shops, whatever those look like."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

import pitturu.storefront

STYLES = Path(pitturu.storefront.__file__).parent / "src" / "styles"

HOST = "body { font: 10px/1 serif; color: rgb(200, 0, 0); background: white } h1, h2 { color: red; font-family: serif }"

BODY = """
<p id="own">Text of the shop</p>
<article class="pt-card pt-result"><header><h1>Paid</h1><p>Thank you</p></header><h2>Order</h2></article>
<div class="pt-details"><h3>Refunds</h3><dl class="pt-facts"><dd>24,000</dd></dl></div>
<section class="pt-window-note"><p>Pay in the window</p></section>
"""
TEXTS = ".pt-result h1, .pt-result p, .pt-result h2, .pt-details h3, .pt-details dd, .pt-window-note p"


def package_css() -> str:
    """The stylesheet of the package with its imports resolved."""
    css = (STYLES / "package.css").read_text()
    return re.sub(r'@import "\./(\w+\.css)";', lambda found: (STYLES / found[1]).read_text(), css)


@pytest.fixture(params=["light", "dark"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of another shop, which has no dark mode, on a device with this colour scheme."""
    context = chromium.new_context(color_scheme=request.param)
    page = context.new_page()
    page.set_content(f"<style>{package_css()}{HOST}</style>{BODY}")
    yield page
    context.close()


def style(element: Locator, name: str) -> str:
    return str(element.evaluate("(element, name) => getComputedStyle(element)[name]", name))


def test_text_has_the_colour_and_font_of_its_background(page: Page) -> None:
    for text in page.locator(TEXTS).all():
        assert style(text, "color") == "rgb(27, 27, 33)", text
        assert "pitturu" in style(text, "fontFamily"), text
    assert style(page.locator(".pt-result"), "backgroundColor") == "rgb(245, 242, 250)"


def test_the_shop_keeps_its_own_look(page: Page) -> None:
    assert style(page.locator("html"), "colorScheme") == "normal"
    assert style(page.locator("#own"), "color") == "rgb(200, 0, 0)"


def test_a_shop_with_a_dark_mode_gets_dark_components(page: Page) -> None:
    page.add_style_tag(content="html { color-scheme: dark }")

    assert style(page.locator(".pt-result p"), "color") == "rgb(228, 225, 233)"
    assert style(page.locator(".pt-result"), "backgroundColor") == "rgb(27, 27, 33)"
