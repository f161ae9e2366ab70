"""Endpoints for operators: one order with everything that is known about it, and asking PortOne about it again."""

from typing import Any

from pitturu import logs
from pitturu.api import operator_lines, order_body, rate_limits
from pitturu.api.authentication import current, requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post
from pitturu.api.refusals import refuses
from pitturu.api.schemas import order as bodies
from pitturu.api.schemas.cash_receipts import OrderReceiptSchema, ReceiptAgainSchema
from pitturu.api.schemas.order import Asked
from pitturu.domain.errors import Conflict, NotFound
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.roles import Permission
from pitturu.payments import asking, whole_order
from pitturu.payments.cash_receipts import again
from pitturu.payments.row_kinds import By
from pitturu.payments.whole_order import WholeOrder
from pitturu.services import services
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork, repeatable_read

blueprint = Blueprint(
    "order", __name__, url_prefix=f"{PREFIX}/operations/payments", description="For operators: one order as a whole."
)


@blueprint.get("/<anyname:id>")
@requires(Permission.VIEW, OperatorAction.READ_PAYMENT)
@blueprint.response(200, bodies.OrderSchema)
@refuses(NotFound, "order_not_found")
def read_order(id: str) -> Any:
    """Read everything about one order.

    Accepts any id of ours, an order number, or PortOne's imp_uid (V2: transactionId); also of an order that nobody
    paid, and of one that was never issued here.
    """
    repeatable_read()
    order = whole_order.find(services().registry, id)
    _about(order)
    return order_body.whole(order, current())


@blueprint.post("/<anyname:id>/verify")
@user_post
@requires(Permission.REPLAY, OperatorAction.ASK_PORTONE)
@blueprint.response(202, bodies.AskedSchema)
@refuses(NotFound, "order_not_found")
@refuses(Conflict, "order_not_issued")
def verify_order(work: UnitOfWork, id: str) -> Any:
    """Have PortOne asked about an order again.

    Whatever its status: a worker asks and applies the answer, as it does for a webhook. `already_due` if that is under
    way or due within seconds. A few times a minute for one order.
    """
    caller, found = current(), whole_order.find(services().registry, id)
    issued = _issued_here(found)
    rate_limits.count_question(found.id, caller.username)
    session = work.lock_session(issued.id)
    asked = asking.ask_now(work, session, By(caller.username, logs.request_id()))
    state = Asked.ASKED if asked else Asked.ALREADY_DUE
    _about(found, state)
    return {"session_id": found.id, "state": state, "next_try": session.due_at}


@blueprint.post("/<anyname:id>/cash-receipt")
@user_post
@requires(Permission.ISSUE_RECEIPTS, OperatorAction.ISSUE_RECEIPT)
@blueprint.arguments(ReceiptAgainSchema, required=False)
@blueprint.response(202, OrderReceiptSchema)
@refuses(NotFound, "order_not_found")
@refuses(Conflict, "order_not_issued", "no_cash_payment", "receipt_in_order", "receipt_not_wanted")
def issue_cash_receipt(work: UnitOfWork, body: dict[str, Any], id: str) -> Any:
    """Have the cash receipt of an order issued again.

    One that could not be issued, or is about another amount than was kept: PortOne is asked which receipt there is, and
    what differs is cancelled and issued. With `cash_receipt` it is issued to this number: also for a buyer who asks
    for one after the payment.
    """
    found, wanted = whole_order.find(services().registry, id), body["cash_receipt"]
    session = work.lock_session(_issued_here(found).id)
    row = again.issue_again(work, session, wanted, services().settings, logs.request_id())
    _about(found, None if wanted is None else "to another number")
    work.session.flush()
    return order_body.receipt(session, row)


def _issued_here(order: WholeOrder) -> PaymentSession:
    """The session of an order. Raises Conflict for one that was never issued here."""
    if order.session is None:
        words = "This order was never issued here, so there is nothing to change. See PortOne's console."
        raise Conflict("order_not_issued", words)
    return order.session


def _about(order: WholeOrder, detail: str | None = None) -> None:
    owner, kind = (order.session.user_username, "session") if order.session else (None, "payment")
    operator_lines.about(owner, Thing(kind, order.id), detail)
