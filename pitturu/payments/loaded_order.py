"""One order as the database has it: its rows, and the same as facts that decisions are made from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from pitturu.domain import ids
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.decision import Due, Facts, KnownCancel, KnownPayment, Line, Order, Stock
from pitturu.domain.fulfilment import Fulfilment
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.verdict import Verdict
from pitturu.store import shipments
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.locked_rows import OrderLine
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


@dataclass
class LoadedOrder:
    """The rows of one order, under the lock of its session, and the facts that they state.

    `issued` is None for payments of an order number that was never issued here; then the payment is locked, and
    `generation` is that of the payment.
    """

    issued: PaymentSession | None
    facts: Facts
    payments: dict[str, Payment]
    cancels: dict[UUID, Cancellation]
    generation: str | None = None

    @property
    def session(self) -> PaymentSession:
        """The order's session. Raises LookupError where there is none."""
        if self.issued is None:
            raise LookupError("this order was never issued here")
        return self.issued

    @property
    def order(self) -> Order:
        """The order itself."""
        return self.facts.order

    @property
    def current_payment(self) -> Payment | None:
        """The payment that the status follows: the accepted one, else the one that was known last."""
        accepted = self.payments.get(self.session.imp_uid or "")
        return accepted or max(self.payments.values(), key=lambda payment: payment.created_at, default=None)

    def set_stock(self, stock: Stock) -> None:
        """Note whether the pieces could be reserved."""
        self.facts = self.facts._replace(order=self.facts.order._replace(stock=stock))


def load(work: UnitOfWork, session: PaymentSession) -> LoadedOrder:
    """An order with its lines, payments and cancels. The caller has locked the session."""
    payments, cancels = work.payments_of(session.id), work.cancels_of(session.id)
    names = {payment.id: payment.imp_uid for payment in payments.values()}
    facts = Facts(
        known_order(session, _lines(work, session, payments.values())),
        {name: known_payment(payment) for name, payment in payments.items()},
        tuple(known_cancel(row, names[row.payment_key]) for row in cancels.values()),
    )
    return LoadedOrder(session, facts, payments, cancels)


def load_session(session: PaymentSession) -> LoadedOrder:
    """An order without its lines and payments: all that is needed until money arrives."""
    return LoadedOrder(session, Facts(known_order(session)), {}, {})


def _lines(work: UnitOfWork, session: PaymentSession, payments: Iterable[Payment]) -> tuple[Line, ...]:
    accepted = any(payment.accepted for payment in payments)
    granted = work.granted_of(session.id) if accepted else {}
    return tuple(known_line(line, granted.get(line.id, 0)) for line in work.lines_of(session.id))


def known_line(line: OrderLine | PaymentLine, granted: int) -> Line:
    """What a line's row states."""
    return Line(
        key=line.id,
        item_id=line.item_id,
        quantity=line.quantity,
        unit_price=line.unit_price,
        granted=granted,
        fulfilment=Fulfilment(line.fulfilment),
        delivered_at=line.delivered_at,
        returnable=line.returnable,
        tax_free=line.tax_free,
    )


def known_order(session: PaymentSession, lines: Sequence[Line] = ()) -> Order:
    """What a session's row states. An open session that lost its slot and stock was replaced by a newer one."""
    held = session.stock_held > 0 or (session.is_open and session.open_slot is not None)
    due = Due(JobName(session.next_job), session.due_at) if session.due_at and session.next_job else None
    return Order(
        status=SessionStatus(session.status),
        order_id=session.merchant_uid,
        amount=session.amount,
        currency=session.currency,
        lines=tuple(lines),
        stock=Stock.HELD if held else Stock.RELEASED,
        expires_at=session.expires_at,
        watch_until=session.watch_until,
        window_until=session.window_until,
        reopened_at=session.reopened_at,
        prepared_at=session.prepared_at,
        provider_id=session.imp_uid,
        paid_at=session.paid_at,
        account=session.vbank_number,
        provider_status=session.provider_status,
        due=due,
        discount=session.discount,
        tax_free_amount=session.tax_free_amount,
    )


def known_payment(row: Payment) -> KnownPayment:
    """What a payment's row states."""
    return KnownPayment(
        provider_id=row.imp_uid,
        status=SessionStatus(row.status),
        provider_status=row.provider_status,
        amount=row.amount,
        currency=row.currency,
        sandbox=row.sandbox,
        created_at=row.created_at,
        cancelled=row.cancelled_amount,
        verdict=Verdict(row.verdict) if row.verdict else None,
        paid_at=row.paid_at,
        method=row.pay_method,
        pg_provider=row.pg_provider,
        fail_reason=row.fail_reason,
        receipt_url=row.receipt_url,
        installment_months=row.installment_months,
        escrow_status=row.escrow_status,
    )


def known_cancel(row: Cancellation, provider_id: str) -> KnownCancel:
    """What a cancel's row states."""
    return KnownCancel(
        id=row.id,
        provider_id=provider_id,
        kind=CancelKind(row.kind),
        stage=CancelStage(row.stage),
        origin=Origin(row.origin),
        amount=row.amount,
        reason=row.reason,
        pieces=tuple((UUID(key), number) for key, number in (row.pieces or {}).items()),
        tax_free=row.tax_free,
        vat=row.vat,
        balance=row.balance,
        round=row.round,
        refusal=row.refusal,
        provider_cancellation_id=row.provider_cancellation_id,
        receipt_url=row.receipt_url,
        requested_by=row.name,
        reviewed_by=row.reviewed_by,
        approved_by=row.approved_by,
    )


def new_payment(order: LoadedOrder, known: KnownPayment) -> Payment:
    """A payment that was not known yet, as a row of this order."""
    session = order.issued
    row = Payment(
        id=uuid4(),
        created_at=known.created_at,
        payment_id=ids.payment_id(),
        session_key=session.id if session else None,
        generation=None if session else order.generation,
        imp_uid=known.provider_id,
        merchant_uid=order.order.order_id,
        user_username=session.user_username if session else None,
        reference=session.reference if session else None,
        item_name=session.item_name if session else "",
        line_count=session.line_count if session else 1,
        currency=known.currency,
        sandbox=known.sandbox,
        pay_method=known.method or (session.pay_method if session else None) or "",
    )
    order.payments[known.provider_id] = row
    return row


def update_payment(row: Payment, known: KnownPayment) -> None:
    """Write to a payment's row what may change."""
    row.status, row.provider_status, row.verdict = known.status, known.provider_status, known.verdict
    row.amount, row.cancelled_amount, row.paid_at = known.amount, known.cancelled, known.paid_at
    row.pg_provider, row.fail_reason, row.receipt_url = known.pg_provider, known.fail_reason, known.receipt_url
    if row.escrow_status is not None and known.escrow_status not in (None, row.escrow_status):
        shipments.note_status(row, known.escrow_status)
    row.installment_months, row.escrow_status = known.installment_months, known.escrow_status
