"""What a PG can do with a payment of each method, as a table: partial cancels, cancel periods, refund accounts.

Source: PortOne's reference of V1's `POST /payments/cancel` with its notes by PG, and V2's guide to refunds. What these
do not state is possible here: the cancel is sent, and PortOne decides. That includes what depends on the contract of
the shop (partial cancels of some cards, refunds of deposits), and refunds of deposits at Danal, about which they
contradict each other. Payments here name neither VAT nor a tax-free share, so no PG's rules about those apply. The
banks that a PG refunds to are in `banks`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from pitturu.domain.clock import SEOUL
from pitturu.domain.provider import PayMethod


class Impossible(StrEnum):
    """Why a PG cannot execute a cancel; also the `code` of the error response."""

    PARTIAL = "partial_cancel_not_supported"
    PARTIALS_USED_UP = "partial_cancel_limit_reached"
    PERIOD_OVER = "cancel_period_over"


class Capability(NamedTuple):
    """One row of the table. The defaults are a PG of which nothing is known.

    `same_month`: cancels only within the calendar month of the payment, in Korean time; afterwards none, or only to an
    account (`later_to_account`). `days`: cancels within so many days of the payment. `account`: the PG refunds to a
    bank account and not to the means of payment; `tel`: it wants the telephone number of the account's holder as well.
    """

    partial: bool = True
    most_partials: int | None = None
    same_month: bool = False
    later_to_account: bool = False
    days: int | None = None
    account: bool = False
    tel: bool = False


ANY: Final = "*"
NOT_STATED: Final = ""
"""PortOne did not say which PG it was."""

TABLE: Final[Mapping[tuple[str, str], Capability]] = {
    (ANY, PayMethod.VBANK): Capability(account=True),
    (ANY, PayMethod.PHONE): Capability(partial=False, same_month=True),
    (NOT_STATED, PayMethod.PHONE): Capability(),
    ("html5_inicis", PayMethod.PHONE): Capability(same_month=True),
    ("kcp", PayMethod.PHONE): Capability(same_month=True, later_to_account=True),
    ("smartro", PayMethod.VBANK): Capability(account=True, tel=True),
    ("smartro_v2", PayMethod.VBANK): Capability(account=True, tel=True),
    ("smartro_v2", PayMethod.TRANS): Capability(account=True, tel=True),
    ("ksnet", ANY): Capability(most_partials=9, days=184),
    ("ksnet", PayMethod.VBANK): Capability(most_partials=9, days=184, account=True),
    ("naverpay", ANY): Capability(days=1095),
    ("paypal", ANY): Capability(days=180),
}
"""By PG and pay method. A row of both comes before one of the method at any PG, and that before one of the PG.

KSNET's six months are the longest six, 184 days.
"""

_SAME_PG: Final[Mapping[str, str]] = {
    **dict.fromkeys(("inicis", "inicis_v2"), "html5_inicis"),
    **dict.fromkeys(("kcp_billing", "kcp_quick", "kcp_direct", "kcp_v2"), "kcp"),
    "paypal_v2": "paypal",
}


@dataclass(frozen=True)
class CancelOptions:
    """What a cancel of a paid payment can be at one time. `refusal` is about every cancel."""

    refusal: Impossible | None
    partial_refusal: Impossible | None
    account_required: bool
    tel_required: bool

    @property
    def possible(self) -> bool:
        """Whether all that is left can be cancelled."""
        return self.refusal is None

    @property
    def partial_possible(self) -> bool:
        """Whether a part of what is left can be cancelled."""
        return self.partial_refusal is None

    @property
    def reason(self) -> Impossible | None:
        """Why not everything is possible."""
        return self.refusal or self.partial_refusal


def capability(pg_provider: str, pay_method: str) -> Capability:
    """The row of a PG, in V1's or in V2's spelling, and a pay method."""
    lower = pg_provider.lower()
    pg = _SAME_PG.get(lower, lower)
    for key in ((pg, pay_method), (ANY, pay_method), (pg, ANY)):
        if key in TABLE:
            return TABLE[key]
    return Capability()


def cancel_options(
    pg_provider: str, pay_method: str, paid_at: datetime | None, cancels: int, now: datetime
) -> CancelOptions:
    """What a cancel can be now. `cancels` are those of this payment that were executed or are under way."""
    row = capability(pg_provider, pay_method)
    refusal = Impossible.PERIOD_OVER if _period_over(row, paid_at, now) else None
    partial_refusal = refusal
    if not row.partial:
        partial_refusal = refusal or Impossible.PARTIAL
    elif row.most_partials is not None and cancels >= row.most_partials:
        partial_refusal = refusal or Impossible.PARTIALS_USED_UP
    return CancelOptions(refusal, partial_refusal, _account_required(row, paid_at, now), row.tel)


def account_required(pg_provider: str, pay_method: str, paid_at: datetime | None, now: datetime) -> bool:
    """Whether a refund that is sent now needs a bank account."""
    return _account_required(capability(pg_provider, pay_method), paid_at, now)


def _account_required(row: Capability, paid_at: datetime | None, now: datetime) -> bool:
    return row.account or (row.later_to_account and _later_month(paid_at, now))


def _period_over(row: Capability, paid_at: datetime | None, now: datetime) -> bool:
    if paid_at is None:
        return False
    if row.same_month and not row.later_to_account and _later_month(paid_at, now):
        return True
    return row.days is not None and now > paid_at + timedelta(days=row.days)


def _later_month(paid_at: datetime | None, now: datetime) -> bool:
    if paid_at is None:
        return False
    paid, today = paid_at.astimezone(SEOUL), now.astimezone(SEOUL)
    return (today.year, today.month) > (paid.year, paid.month)
