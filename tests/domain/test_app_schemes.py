"""Schemes of apps."""

import pytest

from pitturu.domain.app_schemes import MOST, scheme_of


@pytest.mark.parametrize("text", ["shop", "my-shop.v2+pay", "shop://", "a", "s" * MOST, f"{'s' * MOST}://"])
def test_schemes_of_apps(text: str) -> None:
    assert scheme_of(text) == text.removesuffix("://")


@pytest.mark.parametrize(
    "text",
    [
        *("http", "https", "https://", "javascript", "javascript://", "data", "intent", "intent://", "file", "blob"),
        *("vbscript", "about", "view-source", "content", "tel", "sms", "mailto", "market", "itms-services", "ws"),
        *("ms-settings", "ms-word", "android-app", "x-callback-url"),
        *("Shop", "JavaScript", "1shop", "-shop", "shop:", "shop:/", "shop:///", "shop://evil.example", "shop://x"),
        *("shop javascript", "shop\n", "shop:alert(1)", "", "://", "샵", "s" * (MOST + 1)),
    ],
)
def test_what_is_no_scheme_of_an_app(text: str) -> None:
    assert scheme_of(text) is None
