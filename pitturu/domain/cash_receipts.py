"""Cash receipts (현금영수증): for whom they are, the state machine of one as data, and what PortOne says about one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from pitturu.domain.provider import Gateway, PaymentRef, PayMethod

CASH_METHODS: Final = frozenset({PayMethod.TRANS, PayMethod.VBANK})
"""Methods that cash receipts are issued for: PortOne refuses them for others."""

SELF_ISSUED_TO: Final = "0100001234"
"""What the tax office takes in place of a buyer's number for a receipt without one (자진발급): 010-000-1234."""


class ReceiptPurpose(StrEnum):
    """PERSONAL is for the income deduction of a person, BUSINESS proves the expense of a business. NONE: the buyer was
    asked and wants none."""

    PERSONAL = "personal"
    BUSINESS = "business"
    NONE = "none"


class IdentifierKind(StrEnum):
    """What the number is that a receipt is issued to."""

    PHONE = "phone"
    CARD = "card"
    BUSINESS = "business"


@dataclass(frozen=True)
class Identifier:
    """Whom a receipt is issued to: `number` in digits. It is personal data, so it is never printed."""

    kind: IdentifierKind
    number: str = field(repr=False)

    @property
    def masked(self) -> str:
        """Enough for its owner to recognise it: the last four digits."""
        return "*" * (len(self.number) - 4) + self.number[-4:]


@dataclass(frozen=True)
class WantedReceipt:
    """What a buyer wants; `identifier` is None for one who wants none."""

    purpose: ReceiptPurpose
    identifier: Identifier | None = None


_PHONE: Final = re.compile(r"010\d{8}|01[16789]\d{7,8}")
_CARD: Final = re.compile(r"\d{16,19}")
"""Numbers of cash receipt cards have 18 digits, and no source of PortOne's says so; other cards can be registered. A
resident registration number has 13 and is never one: a shop must not collect it."""
_BUSINESS: Final = re.compile(r"\d{10}")
_WEIGHTS: Final = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def identify(purpose: ReceiptPurpose, text: str) -> Identifier | None:
    """Whom a receipt of this purpose is issued to; None for a number that cannot be right.

    Hyphens and spaces are ignored. A personal receipt goes to a telephone or a cash receipt card, one for a business to
    its registration number, whose last digit checks the others.
    """
    number = re.sub(r"[ -]", "", text)
    if not number.isascii():
        return None
    if purpose is ReceiptPurpose.BUSINESS:
        return Identifier(IdentifierKind.BUSINESS, number) if _is_business(number) else None
    if _PHONE.fullmatch(number):
        return Identifier(IdentifierKind.PHONE, number)
    return Identifier(IdentifierKind.CARD, number) if _CARD.fullmatch(number) else None


def _is_business(number: str) -> bool:
    if not _BUSINESS.fullmatch(number):
        return False
    digits = [int(digit) for digit in number]
    total = sum(digit * weight for digit, weight in zip(digits, _WEIGHTS, strict=False)) + digits[8] * 5 // 10
    return (10 - total % 10) % 10 == digits[9]


class ReceiptStage(StrEnum):
    """Where a receipt stands.

    CHECKING: PortOne is asked which receipt there is. ISSUING: none exists, and the request leaves next. CANCELLING:
    one exists that must go. DIFFERS: one exists about another amount than the shop keeps, and nobody has said that
    PortOne may correct it.
    """

    CHECKING = "checking"
    ISSUING = "issuing"
    CANCELLING = "cancelling"
    ISSUED = "issued"
    CANCELLED = "cancelled"
    DIFFERS = "differs"
    FAILED = "failed"


_S = ReceiptStage

SENDS: Final = frozenset({_S.ISSUING, _S.CANCELLING})
"""The next step sends a request to PortOne. It goes back to CHECKING before the request leaves, so that whatever dies,
the step after it is a question and never a repeat."""

SETTLED: Final = frozenset({_S.ISSUED, _S.CANCELLED, _S.DIFFERS, _S.FAILED})
"""Nothing is done until money moves or an operator asks for it."""

NEEDS_OPERATOR: Final = frozenset({_S.DIFFERS, _S.FAILED})

MOVES: Final[Mapping[ReceiptStage, frozenset[ReceiptStage]]] = {
    _S.CHECKING: SENDS | SETTLED,
    # FAILED: whom it is issued to is not known any more.
    _S.ISSUING: frozenset({_S.CHECKING, _S.FAILED}),
    _S.CANCELLING: frozenset({_S.CHECKING}),
    **dict.fromkeys(SETTLED, frozenset({_S.CHECKING})),
}


class IllegalReceiptMove(Exception):
    """A receipt cannot go from `current` to `target`."""

    def __init__(self, current: ReceiptStage, target: ReceiptStage) -> None:
        super().__init__(f"a cash receipt cannot go from {current} to {target}")


def advance(current: ReceiptStage, target: ReceiptStage) -> ReceiptStage:
    """The stage after a move to `target`, which may be the current stage. Raises IllegalReceiptMove."""
    if target is current or target in MOVES[current]:
        return target
    raise IllegalReceiptMove(current, target)


@dataclass(frozen=True)
class ProviderReceipt:
    """A receipt as PortOne shows it. `amount` is None where PortOne only says that the PG issued one with the payment.

    `cancellable` says that PortOne can cancel it: V1 cancels only receipts that were issued through PortOne.
    """

    number: str
    amount: int | None
    url: str = ""
    issued_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled: bool = False
    cancellable: bool = True


@dataclass(frozen=True)
class ReceiptOrder:
    """One receipt to issue: about `amount` won of `payment`, of which `tax_free` contain no VAT, and `vat` is that of
    the others; both are None for a payment without a tax-free part, where PortOne computes the VAT.

    `channel_key` is V2's; `digital` says that nothing is shipped. The shop's own data is for PGs that want it.
    """

    payment: PaymentRef
    purpose: ReceiptPurpose
    identifier: Identifier
    amount: int
    name: str
    tax_free: int | None = None
    vat: int | None = None
    channel_key: str = ""
    digital: bool = False
    buyer_name: str = field(default="", repr=False)
    buyer_email: str = field(default="", repr=False)
    buyer_tel: str = field(default="", repr=False)
    shop_name: str = ""
    shop_tel: str = ""
    shop_number: str = ""


class ReceiptGateway(Gateway, Protocol):
    """One of PortOne's APIs with what it has for cash receipts. Every method raises GatewayError only."""

    def cash_receipt(self, ref: PaymentRef) -> ProviderReceipt | None:
        """The receipt of a payment, None when there is none. It may be cancelled."""

    def issue_cash_receipt(self, order: ReceiptOrder) -> None:
        """Issue a receipt. PortOne refuses a second one; which one there is then is asked afterwards."""

    def cancel_cash_receipt(self, ref: PaymentRef) -> None:
        """Cancel the receipt of a payment. What became of it is asked afterwards."""
