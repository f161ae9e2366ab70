"""Notices to buyers: what they are about, and how they are sent."""

import re
from enum import StrEnum
from typing import Final

DELIVER_NOTICES: Final = "outbound.deliver_notices"
DELIVER_NOTICES_BY_WEBHOOK: Final = "outbound.deliver_notices_by_webhook"
"""The kinds of work that deliver them, to wake them: one for each way, so that no slow receiver delays the other."""


class NoticeKind(StrEnum):
    """What a buyer is notified of. Each follows something that happened at PortOne, so opening sessions sends nothing.

    A payment that fails has no kind: the buyer sees it in the payment window. Nor has an unpaid session that expires
    without an account: nothing was promised, and a stranger could have mails sent for nothing.
    """

    ACCOUNT_ISSUED = "account_issued"
    DEPOSIT_DUE_SOON = "deposit_due_soon"
    DEPOSIT_EXPIRED = "deposit_expired"
    PAID = "paid"
    REFUNDED = "refunded"


ABOUT_ACCOUNT: Final = frozenset({NoticeKind.ACCOUNT_ISSUED, NoticeKind.DEPOSIT_DUE_SOON, NoticeKind.DEPOSIT_EXPIRED})
"""Notices about a virtual account. It costs its buyer nothing, so that their number is limited."""


class NoticeWay(StrEnum):
    """How notices leave: by mail to the buyer's address, or by a webhook to a system that sends them to the telephone.
    The values are those of `store.outbound.Channel`."""

    EMAIL = "email"
    WEBHOOK = "webhook"


ORDER_NUMBERS: Final = ("session_id", "order_number", "reference")
"""What the address of an order's page may name in braces."""

_LONGEST_NAME: Final = 40

_NO_NAME: Final = re.compile(r"[^\w\s()&'・·-]|_")


def plain_name(text: str) -> str:
    """A name of a person or bank without what an address or a link needs: dots, slashes, colons, @.

    Whoever opens a session chooses the name in it, and the address that the notice is sent to.
    """
    return " ".join(_NO_NAME.sub(" ", text).split())[:_LONGEST_NAME].strip()
