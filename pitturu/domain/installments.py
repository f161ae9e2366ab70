"""Card payments in instalments: which months a shop offers for an order, and what PortOne reports of them.

Source: `display.card_quota` of V1's `IMP.request_pay`, `card.installment.monthOption` of V2's browser SDK, and
PortOne's note that card companies allow instalments from 50,000 won on.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

LEAST: Final = 50_000
"""Won below which no card can be paid in instalments."""

MOST_MONTHS: Final = 60

NONE: Final = "none"
"""The setting of a shop that offers none."""

_RULE: Final = re.compile(r"([0-9]{1,2})=([0-9]{1,10})")


class Installment(NamedTuple):
    """So many months are offered for orders of `least_amount` won and more."""

    months: int
    least_amount: int


def rules(words: Sequence[str]) -> tuple[Installment, ...] | None:
    """`3=50000` and so on, as the setting says, by months; None for an empty setting: the PG decides.

    Raises ValueError that names a word which is none, months twice, or an amount that is too small.
    """
    if not words:
        return None
    if tuple(words) == (NONE,):
        return ()
    found = [_rule(word) for word in words]
    if len({rule.months for rule in found}) < len(found):
        raise ValueError("it names the same months twice")
    return tuple(sorted(found))


def _rule(word: str) -> Installment:
    read = _RULE.fullmatch(word)
    if read is None:
        raise ValueError(f"{word} must be months=won like 3=50000, or all of it must be {NONE}")
    rule = Installment(int(read[1]), int(read[2]))
    if not 2 <= rule.months <= MOST_MONTHS:
        raise ValueError(f"{word} must be of 2 to {MOST_MONTHS} months")
    if rule.least_amount < LEAST:
        raise ValueError(f"{word} must be of {LEAST} won and more, as card companies demand")
    return rule


def months_for(amount: int, offered: Sequence[Installment]) -> list[int]:
    """The months that an order of `amount` won can be paid in; none means in one sum only."""
    return [rule.months for rule in offered if amount >= rule.least_amount]


def reported(value: object) -> int | None:
    """Months as PortOne reports them: 0 is one sum, and so is 1. None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_MONTHS:
        return None
    return 0 if value == 1 else value
