"""Security headers of the pages. Only pages with a checkout may load content from PortOne and the PGs."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from pitturu.config.settings import Settings

CHECKOUTS: Final = ("item", "cart")
"""The pages that open PortOne's window."""

ITEMS: Final = ("shop", *CHECKOUTS)
"""The pages that show pictures of items."""

NONE: Final = "'none'"

_LENT: Final = ("script-src", "style-src", "img-src", "font-src", "connect-src", "frame-src", "form-action")
"""What PortOne's script and the PGs' windows need. None of them may add code or style to our HTML."""


def headers(page: str, settings: Settings) -> dict[str, str]:
    """The security headers of a page."""
    checkout = page in CHECKOUTS
    foreign = _foreign_hosts(settings) if checkout else ()
    # A PG's window in a popup must be able to reach the page that opened it.
    opener = "same-origin-allow-popups" if checkout else "same-origin"
    return {
        "Content-Security-Policy": content_policy(foreign, settings.image_origins if page in ITEMS else ()),
        "Cross-Origin-Opener-Policy": opener,
        # Channels may be bound to the shop's address, so PortOne receives the origin, but never the path.
        "Referrer-Policy": "strict-origin" if checkout else "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), usb=()",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }


def content_policy(foreign: Iterable[str], images: Iterable[str] = ()) -> str:
    """The Content-Security-Policy: own resources, nothing inline, and `foreign` hosts where a checkout needs them.

    Nothing but pictures is loaded from `images`.
    """
    rules: dict[str, list[str]] = {
        "default-src": [NONE],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *images],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": [],
        "form-action": ["'self'"],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
    for rule in _LENT:
        rules[rule] += foreign
    return "; ".join(" ".join([rule, *(sources or [NONE])]) for rule, sources in rules.items())


def _foreign_hosts(settings: Settings) -> tuple[str, ...]:
    scripts = {"v1": settings.portone_script_url, "v2": settings.portone_v2_script_url}
    loaded = [urlsplit(scripts[generation]) for generation in settings.generations]
    return (*dict.fromkeys(f"{script.scheme}://{script.netloc}" for script in loaded), *settings.checkout_hosts)
