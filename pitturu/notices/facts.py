"""What a notice is about, as plain values: read from the order when it is sent, never stored with the message."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from pitturu.domain.languages import Language
from pitturu.domain.notices import NoticeKind
from pitturu.domain.provider import PayMethod, RefundAccount, VirtualAccount


@dataclass(frozen=True)
class Refund:
    """Won that went back, how many of the payment are left, when, and the account, masked, if it went to another one
    than it came from. `paid_order` is false for money that never paid the order: a second payment, a wrong amount."""

    amount: int
    remaining: int
    at: datetime
    account: RefundAccount | None = None
    paid_order: bool = True


@dataclass(frozen=True)
class NoticeFacts:
    """`amount` in won. `account` is the virtual account, `refund` is set for a refund only. `line_count` includes the
    item that is named. Whatever names the buyer is in no representation, since these may end in a log."""

    kind: NoticeKind
    language: str
    session_id: str
    order_number: str
    reference: str | None
    item_name: str
    line_count: int
    amount: int
    pay_method: str
    buyer_name: str = field(repr=False)
    account: VirtualAccount | None = field(default=None, repr=False)
    paid_at: datetime | None = None
    refund: Refund | None = field(default=None, repr=False)


_NOON: Final = datetime(2026, 12, 1, 3, 4, tzinfo=UTC)

_EXAMPLE: Final = NoticeFacts(
    kind=NoticeKind.PAID,
    language=Language.KO,
    session_id="ses0example0example0example",
    order_number="ord0example0example0example",
    reference="2026-001",
    item_name="강릉 원두커피 500g",
    line_count=3,
    amount=36_000,
    pay_method=PayMethod.VBANK,
    buyer_name="김하나",
    account=VirtualAccount("088", "신한은행", "56211-000-123456", "(주)커피가게", _NOON + timedelta(days=2)),
    paid_at=_NOON,
    refund=Refund(12_000, 24_000, _NOON, RefundAccount("088", "110-***-**6789", "김**")),
)


def examples(kind: NoticeKind, language: str) -> list[NoticeFacts]:
    """Facts that every template of this kind is tried with: all that may be there, and as little as possible."""
    full = replace(_EXAMPLE, kind=kind, language=language)
    little = replace(full, reference=None, line_count=1, pay_method=PayMethod.CARD, buyer_name="")
    return [full, replace(little, refund=Refund(36_000, 0, _NOON, paid_order=False))]
