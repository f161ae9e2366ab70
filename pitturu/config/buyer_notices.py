"""Validation of the settings of notices to buyers. Each problem is one line that says what to do."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from pitturu.config import sources, urls
from pitturu.domain.notices import ORDER_NUMBERS, NoticeKind, NoticeWay
from pitturu.domain.text import UNFIT
from pitturu.portone import signature

if TYPE_CHECKING:
    from pitturu.config.settings import Settings

LONGEST_NAME: Final = 50


def about(settings: "Settings") -> Iterator[str]:
    """What cannot work is reported at startup, not when the first buyer is to be notified."""
    yield from _unknown("NOTICES", settings.notices, ("all", *NoticeKind))
    yield from _unknown("NOTICE_CHANNELS", settings.notice_channels, NoticeWay)
    yield from _links(settings)
    if not settings.notices:
        return
    if not settings.notice_channels:
        yield "NOTICE_CHANNELS is empty: name email, webhook or both, or leave NOTICES empty."
    if NoticeWay.EMAIL in settings.notice_channels:
        for name in ("smtp_url", "mail_from"):
            if not getattr(settings, name):
                yield f"{name.upper()} is not set: NOTICES by email need it. Set it, or leave NOTICES empty."
    if NoticeWay.WEBHOOK in settings.notice_channels:
        yield from _webhook(settings)
    name = settings.shop_name
    if not name or len(name) > LONGEST_NAME or UNFIT.search(name):
        yield f"SHOP_NAME must be the shop's name, at most {LONGEST_NAME} characters: NOTICES begin with it."
    yield from _templates(settings.notice_templates)


def readable(settings: "Settings") -> Iterator[str]:
    """What production refuses: telephone numbers and orders that others can read on their way."""
    for name in ("notice_webhook_url", "shop_order_url"):
        if getattr(settings, name).startswith("http://"):
            yield f"{name.upper()} must be https:// in production: it is about buyers' orders."


def _unknown(setting: str, given: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    listed = tuple(known)
    yield from (f"{setting}: {word[:40]!r} must be one of {', '.join(listed)}." for word in given if word not in listed)


def _links(settings: "Settings") -> Iterator[str]:
    url = settings.shop_order_url
    if url and urls.web_host(url) is None:
        yield "SHOP_ORDER_URL must be like https://shop.example.com/orders/{order_number}, without a user in it."
    names = re.findall(r"\{(.*?)\}", url)
    yield from _unknown("SHOP_ORDER_URL in braces", names, ORDER_NUMBERS)


def _webhook(settings: "Settings") -> Iterator[str]:
    if urls.web_host(settings.notice_webhook_url) is None:
        yield "NOTICE_WEBHOOK_URL must be like https://shop.example.com/hooks/notices: NOTICES by webhook need it."
    if not settings.notice_webhook_secrets:
        yield f"NOTICE_WEBHOOK_SECRETS is not set: NOTICES by webhook are signed. {sources.STANDARD_WEBHOOK}"
    for number, secret in enumerate(settings.notice_webhook_secrets, start=1):
        try:
            signature.key_of(secret)
        except ValueError as problem:
            line = f"NOTICE_WEBHOOK_SECRETS: number {number} cannot be used: {problem}."
            yield f"{line} {sources.STANDARD_WEBHOOK}"


def _templates(folder: str) -> Iterator[str]:
    # Imported where it is needed: most installations send no notices, and Jinja takes a while to load.
    from pitturu.notices.templates import BadTemplates, load

    try:
        load(folder)
    except BadTemplates as bad:
        yield from (f"NOTICE_TEMPLATES: {problem}." for problem in bad.problems)
