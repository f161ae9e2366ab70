"""Endpoints of payments: read one, request a cancel."""

from typing import Any

from flask import url_for

from pitturu import logs
from pitturu.api import operator_lines, payment_body
from pitturu.api.authentication import current, signed_in
from pitturu.api.caller import Caller
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post
from pitturu.api.machine_access import machines
from pitturu.api.refusals import refuses
from pitturu.api.schemas.cancellations import CancelSchema
from pitturu.api.schemas.payments import FullPaymentSchema
from pitturu.domain.errors import Conflict, NotAllowed, NotFound, Unprocessable
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.provider import RefundAccount
from pitturu.domain.scopes import Scope, scope_needed
from pitturu.payments.cancellations import review
from pitturu.payments.cancellations.request import CancelRequest, request_cancel, visible_payment
from pitturu.services import services
from pitturu.store.history import Payment
from pitturu.store.unit_of_work import UnitOfWork, repeatable_read

blueprint = Blueprint(
    "payments", __name__, url_prefix=f"{PREFIX}/payments", description="Payments and their cancellations."
)


@blueprint.get("/<name:payment_id>")
@machines(Scope.PAYMENTS_READ)
@signed_in
@blueprint.response(200, FullPaymentSchema)
@refuses(NotFound, "payment_not_found")
def read_payment(payment_id: str) -> Any:
    """Read a payment.

    Shows its cancellations, its lines, what can be cancelled now, and everything that happened to it. Buyers read
    their own payments, operators any.
    """
    caller = current()
    # Rows read at different times could contradict each other: a payment still paid beside a succeeded refund.
    repeatable_read()
    payment = visible_payment(payment_id, caller.requester)
    _log_unless_own(payment, OperatorAction.READ_PAYMENT)
    return payment_body.full(payment, caller)


@blueprint.post("/<name:payment_id>/cancel")
@machines(Scope.PAYMENTS_CANCEL)
@user_post
@blueprint.arguments(CancelSchema)
@blueprint.response(202, FullPaymentSchema)
@refuses(NotFound, "payment_not_found", "line_not_found")
@refuses(NotAllowed, "amount_for_operators_only", "permission_needed")
@refuses(
    Conflict,
    "nothing_to_cancel",
    "already_going_back",
    "nothing_left",
    "not_returnable",
    "pieces_worth_nothing",
    "return_period_over",
)
@refuses(
    Unprocessable,
    "amount_too_large",
    "quantity_too_large",
    "line_needed",
    "not_paid_yet",
    "partial_cancel_not_supported",
    "partial_cancel_limit_reached",
    "cancel_period_over",
    "refund_account_needed",
    "refund_tel_needed",
    "bank_not_supported",
)
def cancel_payment(work: UnitOfWork, body: dict[str, Any], payment_id: str) -> Any:
    """Request a refund.

    In full, by lines and quantity, or for operators by amount. The money moves afterwards: read the payment at
    `Location` to follow `cancellations[].stage`. It is a return request, which a person of the shop decides, where
    `cancellation_options.way` says so. A cancel by an API key waits for an operator above the shop's limit
    (`awaiting_approval`); with `refund_account` the key needs `payments:refund_account` as well.
    """
    caller, account, lines = current(), body.pop("refund_account"), body.pop("lines")
    if account and caller.key and Scope.PAYMENTS_REFUND_ACCOUNT not in caller.key.scopes:
        raise scope_needed(Scope.PAYMENTS_REFUND_ACCOUNT)
    wanted = CancelRequest(
        **body,
        lines={line["line_id"]: line["quantity"] for line in lines} if lines else None,
        refund_account=RefundAccount(**account) if account else None,
    )
    policy = services().settings.cancel_policy
    payment = request_cancel(work, payment_id, caller.requester, wanted, policy, logs.request_id() or "")
    _log_unless_own(payment, OperatorAction.CANCEL, _asked(wanted))
    return _accepted(work, payment, caller)


@blueprint.post("/<name:payment_id>/cancellations/<name:cancellation_id>/withdraw")
@user_post
@blueprint.response(200, FullPaymentSchema)
@refuses(NotFound, "cancellation_not_found")
@refuses(Conflict, "nothing_to_review")
def withdraw_return(work: UnitOfWork, payment_id: str, cancellation_id: str) -> Any:
    """Take back a return request.

    Possible until somebody of the shop has decided it. What was bought stays with the buyer.
    """
    caller = current()
    payment = review.withdraw(work, payment_id, cancellation_id, caller.requester, logs.request_id() or "")
    return _accepted(work, payment, caller)


def _accepted(work: UnitOfWork, payment: Payment, caller: Caller) -> Any:
    work.flush()
    where = {"Location": url_for("payments.read_payment", payment_id=payment.payment_id)}
    return payment_body.full(payment, caller), where


def _log_unless_own(payment: Payment, action: OperatorAction, detail: str | None = None) -> None:
    caller = current()
    if not caller.requester.owns(payment.user_username):
        operator_lines.begin(caller, action)
        operator_lines.about(payment.user_username, Thing("payment", payment.payment_id), detail)


def _asked(wanted: CancelRequest) -> str:
    """What a cancel is about. The reason stays out: it may name people, and nobody can change the log."""
    amount = [] if wanted.amount is None else [f"{wanted.amount} KRW"]
    quantity = sum(wanted.lines.values()) if wanted.lines else wanted.quantity
    pieces = [] if quantity is None else [f"quantity {quantity}"]
    return ", ".join(amount + pieces) or "in full"
