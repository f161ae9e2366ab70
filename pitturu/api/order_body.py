"""The representation of a whole order for an operator."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from pitturu.accounts import buyers
from pitturu.api import payment_body, session_body
from pitturu.api.caller import Caller
from pitturu.api.presenter import Presenter
from pitturu.domain import clock, usernames
from pitturu.domain.cash_receipts import NEEDS_OPERATOR
from pitturu.domain.decision.cancel_policy import left_to_one
from pitturu.payments import diagnosis, whole_order
from pitturu.payments.handler_registry import HandlerRegistry
from pitturu.payments.loaded_order import known_cancel
from pitturu.payments.whole_order import Deliveries, WholeOrder
from pitturu.services import services
from pitturu.store import cash_receipts, events, payment_lines, webhook_listing
from pitturu.store.base import DueRow
from pitturu.store.cancellations import Cancellation
from pitturu.store.cash_receipts import CashReceipt
from pitturu.store.history import Payment
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhook_listing import DeliveryFilter

MOST_LINES: Final = 200
MOST_WEBHOOKS: Final = 50
"""Lines of a timeline and webhooks that are shown; anybody can post webhooks."""

Lines = Sequence[tuple[PaymentLine, int]]


def whole(order: WholeOrder, caller: Caller) -> dict[str, Any]:
    """For OrderSchema."""
    registry, session, cancels = services().registry, order.session, whole_order.cancels_of(order)
    lines = payment_lines.of_session(session.id) if session else []
    main, deliveries = order.main_payment, whole_order.deliveries_of(order)
    rows = whole_order.rows_of(registry, order)
    return {
        "id": order.id,
        "merchant_uid": order.merchant_uid,
        "session": _session(session) if session else None,
        "payments": [_payment(payment, cancels[payment.id], lines, session, caller) for payment in order.payments],
        "lines": payment_body.lines_of(lines, cancels[main.id] if main else [], _paid(main), caller),
        "cash_receipt": _receipt(session),
        "timeline": _timeline(order, caller),
        "webhooks": _webhooks(order),
        "work": [_work(registry, row) for row in whole_order.unfinished(rows, deliveries)],
        "events": _events(deliveries),
        "why": [diagnosis.explain(registry, row) for row in rows],
    }


def _session(session: PaymentSession) -> Presenter:
    name = session.user_username
    user_id = buyers.user_id_of(name, services().settings.external_jwt_prefix)
    return Presenter(session_body.facts(session), user_id=user_id, is_guest=usernames.is_guest(name))


def _payment(
    payment: Payment, rows: Sequence[Cancellation], lines: Lines, session: PaymentSession | None, caller: Caller
) -> Presenter:
    return Presenter(
        payment,
        generation=session.generation if session else payment.generation,
        shipment=payment_body.shipment_of(payment),
        cancellations=[payment_body.cancel_of(row) for row in rows],
        cancellation_options=payment_body.options(payment, caller, rows, lines) if session else None,
        left_to_one=left_to_one(
            [known_cancel(row, payment.imp_uid) for row in rows], services().settings.cancel_policy
        ),
    )


def _receipt(session: PaymentSession | None) -> Presenter | None:
    row = cash_receipts.of_session(session.id) if session else None
    return receipt(session, row) if session and row else None


def receipt(session: PaymentSession, row: CashReceipt) -> Presenter:
    """For OrderReceiptSchema."""
    return Presenter(
        row,
        purpose=session.cash_receipt_purpose,
        identifier=session.cash_receipt_masked,
        may_issue_again=row.stage in NEEDS_OPERATOR or row.dead_at is not None,
    )


def _paid(payment: Payment | None) -> Payment | None:
    return payment if payment is not None and payment.paid_at is not None else None


def _timeline(order: WholeOrder, caller: Caller) -> dict[str, Any]:
    if order.session is None:
        return {"items": [], "total": 0}
    lines, total = events.newest(order.session.id, MOST_LINES)
    names: dict[UUID | None, str] = {payment.id: payment.payment_id for payment in order.payments}
    buyer = order.session.user_username
    items = [
        Presenter(line, actor=payment_body.actor(line, caller, buyer), payment_id=names.get(line.payment_key))
        for line in lines
    ]
    return {"items": items, "total": total}


def _webhooks(order: WholeOrder) -> dict[str, Any]:
    found = webhook_listing.page(DeliveryFilter(order=order.merchant_uid), MOST_WEBHOOKS)
    return {"items": found, "total": webhook_listing.count(order.merchant_uid)}


def _work(registry: HandlerRegistry, row: DueRow) -> Presenter:
    handler, kind = registry.handler_of(row), registry.kind_of(row)
    return Presenter(
        row,
        kind=kind.name,
        id=kind.describe(row, handler.doing).id,
        job=handler.name,
        doing=handler.doing,
        overdue=row.due_at is not None and row.due_at <= clock.now(),
        replayable=row.dead_at is not None and registry.work_of(row).replay is not None,
    )


def _events(deliveries: Deliveries) -> dict[str, Any]:
    items = [
        Presenter(
            event,
            deliveries=[
                Presenter(message, endpoint_host=deliveries.hosts[message.destination])
                for message in deliveries.of(event)
            ],
        )
        for event in deliveries.events
    ]
    return {"items": items, "total": deliveries.total}
