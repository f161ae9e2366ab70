"""Payments by hand: open the window, then be the buyer, the bank or the merchant."""

from collections.abc import Callable
from typing import Any, Final

from marshmallow import Schema

from portone_simulator import console, lifecycle, window
from portone_simulator.call import Call
from portone_simulator.callback import LEFT, callback, refusal
from portone_simulator.control import orders
from portone_simulator.control.endpoint import NOTHING, Body, Shown, View, route
from portone_simulator.payment import Payment
from portone_simulator.state import World
from portone_simulator.v2 import commands
from portone_simulator.v2 import window as v2_window

Action = Callable[[World, str, Body], Payment]


def open_window(world: World, _call: Call, body: Body) -> Shown:
    """The buyer presses the pay button: 201 with a ready payment, or 409 when the window does not open."""
    if body.pop("generation") == "v2":
        return open_v2_window(world, _call, orders.as_v2(world.settings.v2_store_id, body))
    try:
        return Shown(detail(window.open_window(world, body)), 201)
    except window.WindowRefused as refused:
        return Shown(refusal(world, body, refused.error_code, refused.error_msg), 409)


def open_v2_window(world: World, _call: Call, body: Body) -> Shown:
    """The same for `PortOne.requestPayment`."""
    try:
        return Shown(detail(v2_window.open_window(world, body)), 201)
    except v2_window.V2WindowRefused as refused:
        return Shown(v2_window.refusal(body, refused.code, refused.message), 409)


def listed(world: World, call: Call, _body: Body) -> dict[str, Any]:
    """All payments, or those of one order, oldest first."""
    merchant_uid = call.query.get("merchant_uid")
    payments = world.book.attempts(str(merchant_uid)) if merchant_uid else world.book.payments()
    return {"payments": [detail(payment) for payment in payments]}


def shown(world: World, call: Call, _body: Body) -> dict[str, Any]:
    """One payment, whether sandbox or not."""
    return detail(_known(world, call))


def told(world: World, call: Call, _body: Body) -> dict[str, Any]:
    """What the browser would get as things are now; for a window whose last answer got lost."""
    return _result(world, _known(world, call))


def _result(world: World, payment: Payment) -> dict[str, Any]:
    return v2_window.outcome(payment) if payment.v2 else callback(world, payment)


def detail(payment: Payment) -> dict[str, Any]:
    """The payment object, and under `behind` what PortOne's own API does not show."""
    return payment.stored()


def _abandon(world: World, imp_uid: str, body: Body) -> Payment:
    return window.decline(world, imp_uid, LEFT, body.get("store_failed", False))


def _decline(world: World, imp_uid: str, body: Body) -> Payment:
    reason = body.get("reason", "카드사에서 승인을 거절하였습니다.")
    return window.decline(world, imp_uid, reason, body.get("store_failed", True))


def _acting(action: Action) -> View:
    def view(world: World, call: Call, body: Body) -> dict[str, Any]:
        payment = _known(world, call)
        return _result(world, action(world, payment.imp_uid, body))

    return view


def _known(world: World, call: Call) -> Payment:
    imp_uid = call.path_parts["imp_uid"]
    payment = world.book.payment(imp_uid)
    if payment is None:
        raise LookupError(f"payment {imp_uid}")
    return payment


ACTIONS: Final[dict[str, tuple[Action, type[Schema]]]] = {
    "approve": (lambda world, uid, body: window.approve(world, uid, **body), orders.ApproveSchema),
    "decline": (_decline, orders.DeclineSchema),
    "abandon": (_abandon, orders.AbandonSchema),
    "issue": (lambda world, uid, body: window.issue(world, uid, **body), orders.IssueSchema),
    "deposit": (lambda world, uid, body: console.deposit(world, uid, **body), orders.DepositSchema),
    "late-approve": (lambda world, uid, _: window.late_approve(world, uid), NOTHING),
    "console-cancel": (lambda world, uid, body: console.cancel(world, uid, **body), orders.ConsoleCancelSchema),
    "console-vbank-revoke": (lambda world, uid, _: console.revoke_account(world, uid), NOTHING),
    "finish-cancel": (lambda world, uid, body: commands.finish_cancel(world, uid, **body), orders.FinishSchema),
    "dispute": (lambda world, uid, body: console.dispute(world, uid, **body), orders.DisputeSchema),
    "resolve-dispute": (lambda world, uid, _: console.resolve_dispute(world, uid), NOTHING),
    "pend": (lambda world, uid, _: world.move_and_tell_v2(uid, lifecycle.pending), NOTHING),
    "pg-cancel": (lambda world, uid, _: console.cancel_at_pg(world, uid), NOTHING),
}
"""What can happen to a payment after its window opened; each answers with what the browser would get."""

ROUTES: Final = (
    route("POST", "/payments", open_window, orders.OrderSchema),
    route("POST", "/v2/payments", open_v2_window, orders.V2OrderSchema),
    route("GET", "/payments", listed),
    route("GET", "/payments/<imp_uid>", shown),
    route("GET", "/payments/<imp_uid>/callback", told),
    *(
        route("POST", f"/payments/<imp_uid>/{name}", _acting(action), schema)
        for name, (action, schema) in ACTIONS.items()
    ),
)
