"""Why is this pending? What a session, payment, cancellation or webhook waits for, in words, and who must do what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.errors import NotFound
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import HOLDS_GOODS, SessionStatus
from pitturu.domain.work import Kind, Turn
from pitturu.payments.diagnosis_messages import DOING, REPLAY, Words, clock_time, turn_of
from pitturu.store import cancellations, dead_letters, events, history, lookup
from pitturu.store.cancellations import Cancellation
from pitturu.store.dead_letters import Row, StuckRow
from pitturu.store.history import Payment
from pitturu.store.lookup import Named
from pitturu.store.reconciliations import Finding, ReconciliationRun
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import DeliveryState, WebhookDelivery


@dataclass(frozen=True)
class Explanation:
    """One thing and what it waits for. `attempts` counts tries since somebody asked last; times are UTC."""

    kind: Kind
    id: str
    status: str
    waits_for: str
    since: datetime
    turn: Turn
    todo: str
    attempts: int = 0
    last_error: str | None = None
    next_try: datetime | None = None
    dead_since: datetime | None = None


def why(name: str) -> list[Explanation]:
    """The thing of that name explained, and then all that hangs on it. Raises NotFound."""
    return [explain(row) for row in rows_of(name)]


def rows_of(name: str) -> list[Named]:
    """The row of that name, and then all that hangs on it. Raises NotFound."""
    row = lookup.find(name)
    if row is None:
        detail = (
            "Nothing here has that name. Use a session_id, merchant_uid, payment_id, imp_uid, cancellation_id, or the"
            " id of a webhook as `flask --app wsgi pitturu dead` and the log show them."
        )
        raise NotFound("unknown_name", detail)
    return _with_all_that_hangs_on(row)


def explain(row: Named) -> Explanation:
    """What this one row waits for."""
    if isinstance(row, PaymentSession):
        return _session(row)
    if isinstance(row, Payment):
        return _payment(row)
    if isinstance(row, ReconciliationRun | Finding):
        return _compared(row)
    return _cancellation(row) if isinstance(row, Cancellation) else _webhook(row)


def of_stuck(rows: Sequence[StuckRow]) -> list[Explanation]:
    """What these rows wait for, in the same order."""
    return [explain(dead_letters.row_of(one)) for one in rows]


def _with_all_that_hangs_on(row: Named) -> list[Named]:
    if isinstance(row, PaymentSession):
        below: list[Named] = [one for payment in history.of_session(row.id) for one in _with_all_that_hangs_on(payment)]
        return [
            row,
            *below,
            *(news for news in lookup.deliveries_of(row.merchant_uid) if news.state == DeliveryState.PENDING),
        ]
    if isinstance(row, Payment):
        return [row, *cancellations.of_payment(row.id)]
    return [row]


def _session(row: PaymentSession) -> Explanation:
    words = turn_of(row, DOING[JobName(row.next_job or JobName.VERIFY)], _patient(row))
    return Explanation(
        Kind.SESSION,
        row.session_id,
        row.status,
        since=events.last_change(row.id) or row.created_at,
        **_of_work(row),
        **vars(words),
    )


def _patient(row: PaymentSession) -> Words:
    """What a session waits for while nothing about it is due."""
    deadline = clock_time(row.expires_at)
    match row.state:
        case SessionStatus.PREPARED:
            return Words(f"the buyer, who may pay until {deadline}", Turn.BUYER, "Nothing: then PortOne is asked.")
        case SessionStatus.AWAITING_DEPOSIT:
            until = clock_time(row.vbank_due_at or row.expires_at)
            return Words(f"the buyer's deposit, until {until}", Turn.BUYER, "Nothing: PortOne is asked meanwhile.")
        case SessionStatus.CREATED | SessionStatus.VERIFYING:
            return Words("its next look at PortOne", Turn.WORKER, "Nothing: it is planned.")
        case SessionStatus.MISMATCHED:
            todo = "See its payment below for the refund, and its timeline for who paid what and how."
            return Words("nothing: the money that did not fit goes back by itself", Turn.NOBODY, todo)
    if row.due_at is None:
        return Words("nothing", Turn.NOBODY, "Nothing.")
    last_look = "nothing; PortOne is asked once more, in case a second payment came or a webhook was lost"
    return Words(last_look, Turn.NOBODY, "Nothing.")


def _payment(row: Payment) -> Explanation:
    waiting = [one for one in cancellations.of_payment(row.id) if one.is_undecided]
    if waiting:
        names_ = ", ".join(one.cancellation_id for one in waiting)
        words = Words(f"money on its way back: {names_}", Turn.WORKER, "See each of them below.")
    elif row.verdict is not None and not row.accepted and row.remaining > 0:
        todo = (
            f"Ask the PG why it refused the refund, then POST /api/v1/payments/{row.payment_id}/cancel as an operator."
        )
        words = Words(f"a person: it is {row.verdict}, and {row.remaining} KRW have not gone back", Turn.OPERATOR, todo)
    elif row.status == SessionStatus.AWAITING_DEPOSIT:
        words = Words("the buyer's deposit", Turn.BUYER, "Nothing: PortOne is asked meanwhile.")
    else:
        kept = " and kept" if row.status in HOLDS_GOODS else ""
        words = Words(f"nothing: it is {row.status}{kept}", Turn.NOBODY, "Nothing.")
    return Explanation(Kind.PAYMENT, row.payment_id, row.status, since=row.paid_at or row.created_at, **vars(words))


def _cancellation(row: Cancellation) -> Explanation:
    return Explanation(
        Kind.CANCELLATION,
        row.cancellation_id,
        row.stage,
        since=row.decided_at or row.created_at,
        **_of_work(row),
        **vars(_words_of_cancel(row)),
    )


def _words_of_cancel(row: Cancellation) -> Words:
    revoke = row.kind == CancelKind.REVOKE
    if row.stage == CancelStage.SUCCEEDED:
        done = "the virtual account takes no money any more" if revoke else "the money went back"
        return Words(f"nothing: {done}", Turn.NOBODY, "Nothing.")
    road = f"POST /api/v1/payments/{history.by_key(row.payment_key).payment_id}/cancel as an operator"
    if row.stage == CancelStage.REFUSED:
        whose = Turn.OPERATOR if row.origin == Origin.SYSTEM else Turn.BUYER
        wanted = "the virtual account is still to be withdrawn" if revoke else "the money is still to go back"
        todo = f"If {wanted}: ask the PG why, then {road}."
        return Words(f"nothing: the PG said no ({row.refusal})", whose, todo)
    if row.stage == CancelStage.NEEDS_ACCOUNT:
        todo = f"Ask the buyer for a bank account, then {road} with refund_account."
        return Words("a person: nobody knows to which account this deposit shall go back", Turn.OPERATOR, todo)
    elder = next((one for one in cancellations.of_payment(row.payment_key) if one.is_undecided), row)
    if elder.number < row.number:
        todo = f"See what {elder.cancellation_id} waits for: cancels of one payment go one after the other."
        return Words(f"the earlier cancel {elder.cancellation_id} of the same payment", Turn.WORKER, todo)
    sent = row.stage == CancelStage.SENT
    doing = "asking PortOne what became of the cancel" if sent else "sending the cancel to PortOne"
    return turn_of(row, doing, Words("its next step", Turn.WORKER, "Nothing: it is planned."))


def _webhook(row: WebhookDelivery) -> Explanation:
    return Explanation(
        Kind.WEBHOOK, str(row.id), row.state, since=row.received_at, **_of_work(row), **vars(_words_of_webhook(row))
    )


def _words_of_webhook(row: WebhookDelivery) -> Words:
    match row.state:
        case DeliveryState.DONE:
            return Words("nothing: PortOne was asked, and the answer is written down", Turn.NOBODY, "Nothing.")
        case DeliveryState.IGNORED:
            return Words("nothing: it is news of no payment", Turn.NOBODY, "Nothing.")
        case DeliveryState.ORPHANED:
            todo = (
                f"Look {row.merchant_uid} up in PortOne's console: another system on the same account, or a forgery. If"
                f" the order is ours after all (a restored database), {REPLAY}."
            )
            return Words("a person: nobody here issued its order number", Turn.OPERATOR, todo)
    return turn_of(row, "asking PortOne about its order", Words("its turn", Turn.WORKER, "Nothing: it is planned."))


def _compared(row: ReconciliationRun | Finding) -> Explanation:
    """A comparison with PortOne's books, or the refund of a payment that it found and nobody here knows."""
    over = Words("nothing", Turn.NOBODY, "See GET /api/v1/operations/comparisons for what was found.")
    if isinstance(row, ReconciliationRun):
        words = turn_of(row, "reading PortOne's books", over)
        return Explanation(
            Kind.COMPARISON, row.comparison_id, row.walk, since=row.created_at, **_of_work(row), **vars(words)
        )
    words = turn_of(row, "sending back money for an order that nobody here issued", over)
    return Explanation(
        Kind.UNKNOWN_PAYMENT, str(row.id), row.stage or row.state, since=row.found_at, **_of_work(row), **vars(words)
    )


def _of_work(row: Row) -> dict[str, Any]:
    """What every row that can be due knows about itself."""
    return {
        "attempts": row.attempts,
        "last_error": row.last_error,
        "next_try": row.due_at,
        "dead_since": row.dead_at,
    }
