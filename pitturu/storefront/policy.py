"""Security headers of the pages. Only pages with a checkout may load content from PortOne and the PGs."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from pitturu.config.settings import Settings

CHECKOUTS: Final = ("item", "cart")
"""The pages that open PortOne's window."""

ITEMS: Final = ("shop", "inventory", *CHECKOUTS)
"""The pages that show pictures of items."""

NONE: Final = "'none'"

_LENT: Final = ("script-src", "style-src", "img-src", "font-src", "connect-src", "frame-src", "form-action")
"""What PortOne's script and the PGs' windows need. None of them may add code or style to our HTML."""


def headers(page: str, settings: Settings) -> dict[str, str]:
    """The security headers of a page."""
    checkout = page in CHECKOUTS
    search = checkout and bool(settings.postcode_script_url)
    foreign = _foreign_hosts(settings) if checkout else ()
    # A PG's window in a popup must be able to reach the page that opened it.
    opener = "same-origin-allow-popups" if checkout else "same-origin"
    return {
        "Content-Security-Policy": content_policy(
            foreign, settings.image_origins if page in ITEMS else (), frames=("'self'",) if search else ()
        ),
        "Cross-Origin-Opener-Policy": opener,
        # Channels may be bound to the shop's address, so PortOne receives the origin, but never the path.
        "Referrer-Policy": "strict-origin" if checkout else "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), usb=()",
        "X-Content-Type-Options": "nosniff",
        # The back button must not show an operator's page to who comes after the operator.
        "Cache-Control": "no-store" if page == "console" else "no-cache",
    }


def postcode_headers(settings: Settings) -> dict[str, str]:
    """The security headers of the page of the postcode search, which only pages of this origin may frame.

    Kakao's script needs inline code and style, so it runs in a page of its own and not in that of the checkout.
    https://github.com/daumPostcode/kakaoPostcodeQnA/issues/1124
    """
    hosts = (_origin(settings.postcode_script_url), *settings.postcode_hosts)
    rules = content_policy(hosts, inline=True).replace(f"frame-ancestors {NONE}", "frame-ancestors 'self'")
    return {
        "Content-Security-Policy": rules,
        "Referrer-Policy": "strict-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), usb=(), payment=()",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }


def content_policy(
    foreign: Iterable[str], images: Iterable[str] = (), frames: Iterable[str] = (), *, inline: bool = False
) -> str:
    """The Content-Security-Policy: own resources, nothing inline, and `foreign` hosts where a checkout needs them.

    Nothing but pictures is loaded from `images`, and nothing but frames from `frames`. `inline` allows inline code and
    style.
    """
    rules: dict[str, list[str]] = {
        "default-src": [NONE],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *images],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": [*frames],
        "form-action": ["'self'"],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
    for rule in ("script-src", "style-src") if inline else ():
        rules[rule].append("'unsafe-inline'")
    for rule in _LENT:
        rules[rule] += foreign
    return "; ".join(" ".join([rule, *(sources or [NONE])]) for rule, sources in rules.items())


def _foreign_hosts(settings: Settings) -> tuple[str, ...]:
    scripts = {"v1": settings.portone_script_url, "v2": settings.portone_v2_script_url}
    loaded = (_origin(scripts[generation]) for generation in settings.generations)
    return (*dict.fromkeys(loaded), *settings.checkout_hosts)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
