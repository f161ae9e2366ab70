"""Which pay methods an order can be paid with, and PortOne's words for the easy ones.

Source: PortOne's list of V1's `pay_method` values, the easy-pay providers of V2's browser SDK, and its notes on the
smallest amounts.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from pitturu.domain.provider import PayMethod

USUAL: Final = (PayMethod.CARD, PayMethod.KAKAOPAY, PayMethod.TRANS, PayMethod.VBANK, PayMethod.PHONE)
"""Offered without a channel of their own, through the channel for all methods. The others need one: a PG whose contract
lacks them would refuse every buyer who chose them."""

EASY_PAY: Final[Mapping[PayMethod, str]] = {
    PayMethod.NAVERPAY: "NAVERPAY",
    PayMethod.KAKAOPAY: "KAKAOPAY",
    PayMethod.TOSSPAY: "TOSSPAY",
    PayMethod.SAMSUNGPAY: "SAMSUNGPAY",
    PayMethod.PAYCO: "PAYCO",
}
"""V2's `easyPayProvider` of each easy pay."""

SMALLEST: Final[Mapping[PayMethod, int]] = {PayMethod.NAVERPAY: 10}
"""Won below which the method takes no payment. Others have no documented minimum."""

_V1_WORDS: Final[Mapping[str, PayMethod]] = {
    **{str(method): method for method in EASY_PAY},
    "samsung": PayMethod.SAMSUNGPAY,
    **dict.fromkeys(("naverpay_card", "naverpay_point"), PayMethod.NAVERPAY),
    **dict.fromkeys(("tosspay_card", "tosspay_money"), PayMethod.TOSSPAY),
}


def offered(wanted: Sequence[str], channels: Mapping[str, str]) -> tuple[PayMethod, ...]:
    """The methods that buyers may choose, in the order to show them.

    `wanted` are the shop's own choice and order; empty for all that can be had. `channels` by method.
    """
    possible = [method for method in PayMethod if method in USUAL or channels.get(method)]
    return tuple(PayMethod(name) for name in wanted if name in possible) if wanted else tuple(possible)


def smallest_amount(method: PayMethod) -> int:
    """Won that an order must come to for this method."""
    return SMALLEST.get(method, 1)


def v1_method(word: str, embedded: str) -> str:
    """What a payment of V1 was made with: `pay_method`, or `emb_pg_provider` where the buyer chose an easy pay in the
    window of another PG. One name for each easy pay, whichever PG it went through; other words stay as they are.
    """
    return _V1_WORDS.get(embedded) or _V1_WORDS.get(word) or word
