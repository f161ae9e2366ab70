"""Claimed webhooks by order, and what is done about them: whether PortOne is asked, alone or with other orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from pitturu.domain.batch import Question
from pitturu.domain.lifecycle import OPEN
from pitturu.domain.provider import Generation
from pitturu.portone.webhooks import claims_opened, claims_paid
from pitturu.store.orders import Issued
from pitturu.store.webhooks import WebhookDelivery

COLUMNS: Final = (
    WebhookDelivery.id,
    WebhookDelivery.due_at,
    WebhookDelivery.generation,
    WebhookDelivery.imp_uid,
    WebhookDelivery.merchant_uid,
    WebhookDelivery.event_status,
    WebhookDelivery.provider_cancellation_id,
    WebhookDelivery.copies,
    WebhookDelivery.attempts,
    WebhookDelivery.request_id,
)


class Asking(StrEnum):
    """What is to be done about claimed deliveries."""

    PORTONE = "PortOne is asked about the order"
    KNOWN = "an answer has established already what they claim"
    FOREIGN = "V1's unsigned form, for an order that is paid through V2"
    UNKNOWN_ORDER = "no session has the order number, and anybody can post those"


@dataclass(frozen=True)
class Deliveries:
    """Claimed deliveries of one order that are answered together: each key, and the end of its claim.

    `session` is None while the order number is unknown. PortOne is asked through the generation of the session,
    whatever the generation of the webhook is. `question` is None where all attempts of the order are needed.
    """

    rows: tuple[tuple[UUID, datetime], ...]
    merchant_uid: str
    session: Issued | None
    asking: Asking
    claimed_at: datetime
    request_id: str | None
    question: Question | None = None

    @property
    def session_key(self) -> UUID | None:
        """The session that an answer is applied to; None where PortOne is not asked."""
        return self.session.key if self.session and self.asking is Asking.PORTONE else None


def grouped(rows: Sequence[Any], issued: Mapping[str, Issued], now: datetime) -> list[Deliveries]:
    """Claimed rows of COLUMNS by what is done about them."""
    groups: dict[tuple[str, Asking], list[Any]] = {}
    for row in rows:
        groups.setdefault((row.merchant_uid, _asking(row, issued.get(row.merchant_uid))), []).append(row)
    return [
        Deliveries(
            rows=tuple((row.id, row.due_at) for row in together),
            merchant_uid=order,
            session=issued.get(order),
            asking=asking,
            claimed_at=now,
            request_id=together[-1].request_id,
            question=_question(order, together, issued.get(order)) if asking is Asking.PORTONE else None,
        )
        for (order, asking), together in groups.items()
    ]


def _asking(row: Any, session: Issued | None) -> Asking:
    """Repeated deliveries, and those of a cancel, may report a further cancel: PortOne is always asked about them.

    An opened window of V2 says only that, in a signed webhook; the browser reports it as well.
    """
    if session is None:
        return Asking.UNKNOWN_ORDER
    if row.generation == Generation.V1 and session.generation == Generation.V2:
        return Asking.FOREIGN
    paid = claims_paid(row.event_status) and row.imp_uid in session.paid
    opened = row.generation == Generation.V2 and claims_opened(row.event_status) and session.window_opened
    return Asking.KNOWN if _first(row) and (paid or opened) else Asking.PORTONE


def _first(row: Any) -> bool:
    """Whether it was delivered once, and is not about a cancel."""
    return row.copies == 1 and not row.provider_cancellation_id


def _question(order: str, rows: Sequence[Any], session: Issued | None) -> Question | None:
    """The first question about an open order of V1, of which all deliveries say that one attempt was paid."""
    if session is None or session.generation != Generation.V1 or session.status not in OPEN:
        return None
    attempts = {row.imp_uid for row in rows}
    plain = all(_first(row) and claims_paid(row.event_status) and row.attempts == 1 for row in rows)
    if not plain or len(attempts) != 1:
        return None
    return Question(order, session.amount, session.currency, attempts.pop())
