"""Endpoints for operators: returns and large refunds that a person decides, and what was delivered."""

from typing import Any

from pitturu import logs
from pitturu.api import operator_lines, payment_body
from pitturu.api.authentication import current, requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post
from pitturu.api.presenter import Presenter
from pitturu.api.refusals import refuses
from pitturu.api.schemas import approvals as bodies
from pitturu.api.schemas.payments import FullPaymentSchema
from pitturu.domain.errors import Conflict, NotAllowed, NotFound, Unprocessable
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.pg_capabilities import Impossible
from pitturu.domain.roles import Permission
from pitturu.payments import fulfilment
from pitturu.payments.cancellations import review
from pitturu.payments.cancellations.review import Reviewed
from pitturu.payments.fulfilment import FulfilmentRequest
from pitturu.services import services
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "approvals",
    __name__,
    url_prefix=f"{PREFIX}/operations",
    description="For operators: returns, large refunds and deliveries.",
)


@blueprint.get("/approvals")
@requires(Permission.VIEW, OperatorAction.READ_APPROVALS)
@blueprint.arguments(bodies.ApprovalsQuerySchema, location="query")
@blueprint.response(200, bodies.ApprovalsSchema)
def list_approvals(query: dict[str, Any]) -> Any:
    """List cancels that wait for a person.

    Return requests and large refunds, the longest waiting first. Approve or reject each.
    """
    return {"items": [_present(row, payment) for row, payment in review.awaiting(query["limit"])]}


@blueprint.post("/approvals/<name:cancellation_id>/approve")
@user_post
@requires(Permission.DECIDE_RETURN, OperatorAction.APPROVE_CANCEL)
@blueprint.response(202, bodies.ApprovalSchema)
@refuses(NotFound, "cancellation_not_found")
@refuses(NotAllowed, "own_purchase", "second_person_needed")
@refuses(Conflict, "nothing_to_review", "nothing_left")
@refuses(Unprocessable, *Impossible, "refund_account_needed", "refund_tel_needed", "bank_not_supported")
def approve_cancel(work: UnitOfWork, cancellation_id: str) -> Any:
    """Approve a cancel.

    The money goes back afterwards. A large refund needs the permission `approve_cancel`, and another operator than
    the first one (`second_person_needed`); nobody approves an own purchase's.
    """
    policy = services().settings.cancel_policy
    found = review.approve(work, cancellation_id, current().requester, policy, logs.request_id() or "")
    return _decided(found)


@blueprint.post("/approvals/<name:cancellation_id>/reject")
@user_post
@requires(Permission.DECIDE_RETURN, OperatorAction.REJECT_CANCEL)
@blueprint.arguments(bodies.RejectSchema)
@blueprint.response(200, bodies.ApprovalSchema)
@refuses(NotFound, "cancellation_not_found")
@refuses(NotAllowed, "own_purchase")
@refuses(Conflict, "nothing_to_review")
def reject_cancel(work: UnitOfWork, body: dict[str, Any], cancellation_id: str) -> Any:
    """Reject a cancel.

    The buyer reads the reason, and what was bought stays with the buyer.
    """
    found = review.reject(work, cancellation_id, current().requester, body["reason"], logs.request_id() or "")
    return _decided(found)


@blueprint.post("/payments/<name:payment_id>/fulfilment")
@user_post
@requires(Permission.FULFIL, OperatorAction.FULFIL)
@blueprint.arguments(bodies.FulfilmentSchema)
@blueprint.response(200, FullPaymentSchema)
@refuses(NotFound, "payment_not_found", "line_not_found")
@refuses(NotAllowed, "own_purchase")
@refuses(Conflict, "nothing_to_fulfil", "fulfilment_impossible", "being_cancelled")
@refuses(Unprocessable, "line_needed", "time_without_delivery", "delivery_time_impossible")
def set_fulfilment(work: UnitOfWork, body: dict[str, Any], payment_id: str) -> Any:
    """Record how far the shop has come with a line.

    Prepared, shipped, delivered or used. Buyers cancel alone only before; afterwards they request a return. 409
    `being_cancelled` when all of it is being cancelled: do not send it then.
    """
    caller = current()
    request = FulfilmentRequest(body["fulfilment"], body["line_id"], body["at"])
    payment = fulfilment.set_fulfilment(work, payment_id, caller.requester, request, logs.request_id() or "")
    operator_lines.about(payment.user_username, Thing("payment", payment.payment_id), request.fulfilment)
    work.flush()
    return payment_body.full(payment, caller)


def _decided(found: Reviewed) -> Presenter:
    what = Thing("cancellation", found.row.cancellation_id)
    operator_lines.about(found.payment.user_username, what, f"{found.row.amount} KRW, {found.row.stage}")
    return _present(found.row, found.payment)


def _present(row: Cancellation, payment: Payment) -> Presenter:
    return Presenter(
        row,
        payment_id=payment.payment_id,
        merchant_uid=payment.merchant_uid,
        item_name=payment.item_name,
        buyer=payment.user_username,
        paid_amount=payment.amount,
        requested_by=row.name,
    )
