"""What the rollups count, as data: for each measure the lines it counts, their label and what it adds up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Select,
    String,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from pitturu.domain.cause import EventKind
from pitturu.domain.lifecycle import SessionStatus
from pitturu.portone.webhooks import KINDS
from pitturu.store.events import PaymentEvent
from pitturu.store.rollups import Measure, RollupProgress
from pitturu.store.transaction_ids import Xid8
from pitturu.store.webhook_outcomes import WebhookOutcome

BUCKETS: Final = tuple(
    timedelta(seconds=bound) for bound in (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 300, 1800)
)
"""Upper bounds of the buckets of durations, whose number is the label, from 0. Longer ones are in a last bucket."""

OTHER_KIND: Final = "other"

Source = type[PaymentEvent] | type[WebhookOutcome]


@dataclass(frozen=True)
class Counting:
    """One measure: which lines of its source it counts. `amount` is what it adds up, 0 if it only counts."""

    measure: Measure
    source: Source
    at: Any
    label: Any
    amount: Any = literal(0)
    where: tuple[ColumnElement[bool], ...] = ()


def _milliseconds(since: Any, until: Any) -> ColumnElement[int]:
    """SQL for: the time between two moments, at least 0, since clocks of machines differ."""
    seconds = func.extract("epoch", until - since)
    return func.greatest(0, func.round(seconds * 1000)).cast(BigInteger)


def _bucket(milliseconds: ColumnElement[int]) -> ColumnElement[str]:
    """SQL for: the number of the bucket. A duration that equals an upper bound is in the bucket after it."""
    bounds = literal([bound.total_seconds() * 1000 for bound in BUCKETS], ARRAY(Float))
    return func.width_bucket(milliseconds.cast(Float), bounds).cast(String)


_Earlier: Final = aliased(PaymentEvent)
_VERIFY_ACCEPTED: Final = (
    select(func.max(_Earlier.at))
    .where(
        _Earlier.session_key == PaymentEvent.session_key,
        _Earlier.id < PaymentEvent.id,
        _Earlier.to_status == SessionStatus.VERIFYING,
    )
    .correlate(PaymentEvent)
    .scalar_subquery()
)
"""SQL for: when the browser last reported the payment. The timeline before a line does not change any more."""

_KIND: Final = case(
    (WebhookOutcome.event_status.in_(KINDS), WebhookOutcome.event_status),
    else_=literal(OTHER_KIND),
)
"""Anybody can post V1's webhooks with words of their own: those are not counted apart."""

_STATUS: Final = PaymentEvent.kind == EventKind.STATUS
_MONEY: Final = PaymentEvent.kind == EventKind.MONEY
_WAITED: Final = _milliseconds(_VERIFY_ACCEPTED, PaymentEvent.at)
_LAG: Final = _milliseconds(WebhookOutcome.received_at, WebhookOutcome.finished_at)

COUNTINGS: Final = (
    Counting(
        Measure.TRANSITION,
        PaymentEvent,
        PaymentEvent.at,
        func.coalesce(PaymentEvent.from_status, "") + ">" + PaymentEvent.to_status,
        where=(_STATUS,),
    ),
    Counting(
        Measure.RECEIVED,
        PaymentEvent,
        PaymentEvent.at,
        literal(""),
        PaymentEvent.amount,
        (_MONEY, PaymentEvent.amount > 0),
    ),
    Counting(
        Measure.REFUNDED,
        PaymentEvent,
        PaymentEvent.at,
        literal(""),
        -PaymentEvent.amount,
        (_MONEY, PaymentEvent.amount < 0),
    ),
    Counting(
        Measure.DECLINED,
        PaymentEvent,
        PaymentEvent.at,
        func.coalesce(PaymentEvent.decline_reason, "other"),
        where=(_STATUS, PaymentEvent.to_status == SessionStatus.FAILED),
    ),
    Counting(
        Measure.TIME_TO_PAID,
        PaymentEvent,
        PaymentEvent.at,
        _bucket(_WAITED),
        _WAITED,
        (
            _STATUS,
            PaymentEvent.from_status == SessionStatus.VERIFYING,
            PaymentEvent.to_status == SessionStatus.PAID,
            _VERIFY_ACCEPTED.is_not(None),
        ),
    ),
    Counting(
        Measure.WEBHOOK,
        WebhookOutcome,
        WebhookOutcome.finished_at,
        _KIND + ":" + WebhookOutcome.outcome,
    ),
    Counting(Measure.WEBHOOK_LAG, WebhookOutcome, WebhookOutcome.finished_at, _bucket(_LAG), _LAG),
)

OF_WEBHOOKS: Final = tuple(one.measure for one in COUNTINGS if one.source is WebhookOutcome)


def not_counted(progress: RollupProgress, upto: str) -> Subquery:
    """SQL for: the counts of all lines that are not in the rollups yet, of transactions before `upto`."""

    def lines(base: int, table: Any) -> ColumnElement[bool]:
        transactions = table.transaction_id >= _xid(progress.counted_below), table.transaction_id < _xid(upto)
        return and_(table.id > base, *transactions)

    return _grouped([_select(one, lines(_base(progress, one.source), one.source)) for one in COUNTINGS])


def counted(progress: RollupProgress) -> Subquery:
    """SQL for: the counts of all lines that are in the rollups, counted anew."""

    selects = []
    for one in COUNTINGS:
        query = _select(one, is_counted(progress, one.source))
        if one.source is WebhookOutcome and progress.outcomes_since is not None:
            query = query.where(WebhookOutcome.finished_at >= progress.outcomes_since)
        selects.append(query)
    return _grouped(selects)


def is_counted(progress: RollupProgress, source: Source) -> ColumnElement[bool]:
    """SQL for: this line is in the rollups."""
    return or_(source.id <= _base(progress, source), source.transaction_id < _xid(progress.counted_below))


def _xid(number: str) -> ColumnElement[str]:
    return literal(number, String).cast(Xid8)


def _base(progress: RollupProgress, source: Source) -> int:
    return progress.base_outcome if source is WebhookOutcome else progress.base_line


def _select(counting: Counting, lines: ColumnElement[bool]) -> Select[Any]:
    """One row for each line that is counted."""
    source: Any = counting.source
    method, pg = ("", "") if source is WebhookOutcome else (source.pay_method, source.pg_provider)
    return select(
        func.date_trunc("hour", counting.at, "UTC").label("hour"),
        literal(str(counting.measure)).label("measure"),
        counting.label.label("label"),
        func.coalesce(source.generation, "").label("generation"),
        func.coalesce(method, "").label("pay_method"),
        func.coalesce(pg, "").label("pg_provider"),
        counting.amount.cast(BigInteger).label("sum"),
    ).where(lines, *counting.where)


def _grouped(selects: Sequence[Select[Any]]) -> Subquery:
    """One row for each hour, measure and dimensions, in the order of the columns of the rollups."""
    lines = union_all(*selects).subquery("lines")
    key = [lines.c[name] for name in ("hour", "measure", "label", "generation", "pay_method", "pg_provider")]
    sums = func.count().label("count"), func.sum(lines.c.sum).cast(BigInteger).label("sum")
    return select(*key, *sums).group_by(*key).subquery("counts")
