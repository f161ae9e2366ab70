"""Validation of the settings of pay methods: which are offered, and through which channel.

Each problem is one line that says what to do.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from pitturu.config import sources
from pitturu.domain.provider import Generation, PayMethod

if TYPE_CHECKING:
    from pitturu.config.settings import Settings

_CATEGORY: Final = re.compile(r"[A-Z0-9_]{1,40}:[A-Z0-9_]{1,40}")

_CHANNELS: Final = {Generation.V1: "PORTONE_CHANNELS", Generation.V2: "PORTONE_V2_CHANNELS"}


def about(settings: "Settings") -> Iterator[str]:
    """Every problem, one line each."""
    yield from _unknown(settings)
    yield from _without_channel(settings)
    yield from _escrow(settings)
    try:
        _ = settings.installments
    except ValueError as problem:
        yield f"CARD_INSTALLMENTS cannot be used: {problem}."
    if not _CATEGORY.fullmatch(settings.naverpay_category):
        yield "NAVERPAY_CATEGORY must be type:category in Naver Pay's words, like PRODUCT:GENERAL."


def _unknown(settings: "Settings") -> Iterator[str]:
    """A method that is misspelt would silently not be offered."""
    known = ", ".join(PayMethod)
    named = {
        "PAY_METHODS": settings.pay_methods,
        **{setting: tuple(settings.channels(generation)) for generation, setting in _CHANNELS.items()},
    }
    for setting, names in named.items():
        yield from (
            f"{setting}: {name} is no method. The methods are {known}." for name in names if name not in set(PayMethod)
        )
    if len(set(settings.pay_methods)) < len(settings.pay_methods):
        yield "PAY_METHODS names a method twice: name each once."


def _escrow(settings: "Settings") -> Iterator[str]:
    """Escrow is of transfers, and PGs want to know who sends the goods."""
    for name in settings.escrow_methods:
        if name not in (PayMethod.TRANS, PayMethod.VBANK):
            yield f"ESCROW_METHODS: {name} has no escrow. Name trans, vbank or both."
    for name in ("name", "tel", "address", "postcode"):
        if settings.escrow_methods and not getattr(settings, f"escrow_sender_{name}"):
            yield f"ESCROW_SENDER_{name.upper()} is not set: ESCROW_METHODS needs it, PGs ask who sends the goods."


def _without_channel(settings: "Settings") -> Iterator[str]:
    """A method without a channel in any generation is not offered, and of V2 without one no window opens."""
    possible = {method for generation in settings.generations for method in settings.offered(generation)}
    for name in settings.pay_methods:
        if settings.generations and name in set(PayMethod) and name not in possible:
            settings_of = " or ".join(_CHANNELS[generation] for generation in settings.generations)
            yield f"PAY_METHODS offers {name}, which has no channel: add {name}=channelKey to {settings_of}."
    for generation in settings.generations:
        if settings.pay_methods and not settings.offered(generation):
            setting = _CHANNELS[generation]
            yield f"PAY_METHODS leaves nothing to pay with through {generation}: name a channel of one in {setting}."
    if Generation.V2 not in settings.generations or settings.portone_v2_channel_key:
        return
    named = settings.channels(Generation.V2)
    lacking = [method for method in settings.offered(Generation.V2) if not named.get(method)]
    if lacking:
        yield (
            f"PORTONE_V2_CHANNELS names no channel for {', '.join(lacking)}: add method=channelKey for each, or set"
            f" PORTONE_V2_CHANNEL_KEY for all that are not named, or leave them out of PAY_METHODS."
            f" {sources.CHANNEL_KEY}"
        )
