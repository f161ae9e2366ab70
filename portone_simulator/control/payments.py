"""Payments by hand: open the window, then act as the buyer, the bank or the merchant."""

from collections.abc import Callable
from typing import Any, Final

from marshmallow import Schema

from portone_simulator import console, lifecycle, window
from portone_simulator.call import Call
from portone_simulator.callback import LEFT, callback, refusal
from portone_simulator.control import orders
from portone_simulator.control.endpoint import NOTHING, Body, Reply, View, route
from portone_simulator.payment import Payment
from portone_simulator.state import Simulation
from portone_simulator.v2 import commands
from portone_simulator.v2 import window as v2_window

Action = Callable[[Simulation, str, Body], Payment]


def open_window(simulation: Simulation, _call: Call, body: Body) -> Reply:
    """The buyer presses the pay button: 201 with a ready payment, or 409 when the window does not open."""
    if body.pop("generation") == "v2":
        return open_v2_window(simulation, _call, orders.as_v2(simulation.settings.v2_store_id, body))
    try:
        return Reply(detail(window.open_window(simulation, body)), 201)
    except window.WindowRefused as refused:
        return Reply(refusal(simulation, body, refused.error_code, refused.error_msg), 409)


def open_v2_window(simulation: Simulation, _call: Call, body: Body) -> Reply:
    """The same for `PortOne.requestPayment`."""
    try:
        return Reply(detail(v2_window.open_window(simulation, body)), 201)
    except v2_window.V2WindowRefused as refused:
        return Reply(v2_window.refusal(body, refused.code, refused.message), 409)


def listed(simulation: Simulation, call: Call, _body: Body) -> dict[str, Any]:
    """All payments, or those of one order, oldest first."""
    merchant_uid = call.query.get("merchant_uid")
    payments = simulation.ledger.attempts(str(merchant_uid)) if merchant_uid else simulation.ledger.payments()
    return {"payments": [detail(payment) for payment in payments]}


def shown(simulation: Simulation, call: Call, _body: Body) -> dict[str, Any]:
    """One payment, sandbox or not."""
    return detail(_known(simulation, call))


def window_result(simulation: Simulation, call: Call, _body: Body) -> dict[str, Any]:
    """The result that the browser would receive now, for a window whose last response was lost."""
    return _result(simulation, _known(simulation, call))


def _result(simulation: Simulation, payment: Payment) -> dict[str, Any]:
    return v2_window.outcome(payment) if payment.v2 else callback(simulation, payment)


def detail(payment: Payment) -> dict[str, Any]:
    """The payment object, and in `behind` the state that PortOne's own API does not show."""
    return payment.stored()


def _abandon(simulation: Simulation, imp_uid: str, body: Body) -> Payment:
    return window.decline(simulation, imp_uid, LEFT, body.get("store_failed", False))


def _decline(simulation: Simulation, imp_uid: str, body: Body) -> Payment:
    reason = body.get("reason", "카드사에서 승인을 거절하였습니다.")
    return window.decline(simulation, imp_uid, reason, body.get("store_failed", True))


def _acting(action: Action) -> View:
    def view(simulation: Simulation, call: Call, body: Body) -> dict[str, Any]:
        payment = _known(simulation, call)
        return _result(simulation, action(simulation, payment.imp_uid, body))

    return view


def _known(simulation: Simulation, call: Call) -> Payment:
    imp_uid = call.path_parts["imp_uid"]
    payment = simulation.ledger.payment(imp_uid)
    if payment is None:
        raise LookupError(f"payment {imp_uid}")
    return payment


ACTIONS: Final[dict[str, tuple[Action, type[Schema]]]] = {
    "approve": (lambda simulation, uid, body: window.approve(simulation, uid, **body), orders.ApproveSchema),
    "decline": (_decline, orders.DeclineSchema),
    "abandon": (_abandon, orders.AbandonSchema),
    "issue": (lambda simulation, uid, body: window.issue(simulation, uid, **body), orders.IssueSchema),
    "deposit": (lambda simulation, uid, body: console.deposit(simulation, uid, **body), orders.DepositSchema),
    "late-approve": (lambda simulation, uid, _: window.late_approve(simulation, uid), NOTHING),
    "console-cancel": (
        lambda simulation, uid, body: console.cancel(simulation, uid, **body),
        orders.ConsoleCancelSchema,
    ),
    "console-vbank-revoke": (lambda simulation, uid, _: console.revoke_account(simulation, uid), NOTHING),
    "finish-cancel": (
        lambda simulation, uid, body: commands.finish_cancel(simulation, uid, **body),
        orders.FinishSchema,
    ),
    "dispute": (lambda simulation, uid, body: console.dispute(simulation, uid, **body), orders.DisputeSchema),
    "resolve-dispute": (lambda simulation, uid, _: console.resolve_dispute(simulation, uid), NOTHING),
    "pend": (lambda simulation, uid, _: simulation.move_and_notify_v2(uid, lifecycle.pending), NOTHING),
    "pg-cancel": (lambda simulation, uid, _: console.cancel_at_pg(simulation, uid), NOTHING),
}
"""The actions on a payment after its window opened; each returns the result that the browser would receive."""

ROUTES: Final = (
    route("POST", "/payments", open_window, orders.OrderSchema),
    route("POST", "/v2/payments", open_v2_window, orders.V2OrderSchema),
    route("GET", "/payments", listed),
    route("GET", "/payments/<imp_uid>", shown),
    route("GET", "/payments/<imp_uid>/callback", window_result),
    *(
        route("POST", f"/payments/<imp_uid>/{name}", _acting(action), schema)
        for name, (action, schema) in ACTIONS.items()
    ),
)
