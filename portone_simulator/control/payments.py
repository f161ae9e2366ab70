"""Payments by hand: open the window, then act as the buyer, the bank or the merchant."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from marshmallow import Schema, validate
from marshmallow import fields as checks

from portone_simulator import cash_receipts, console, escrow, lifecycle, window
from portone_simulator.call import Call
from portone_simulator.callback import LEFT, callback, refusal
from portone_simulator.control import orders
from portone_simulator.control.endpoint import Body, Reply, View, route
from portone_simulator.control.orders import part, whole, words
from portone_simulator.payment import Payment
from portone_simulator.state import Simulation
from portone_simulator.v2 import commands
from portone_simulator.v2 import window as v2_window

Action = Callable[..., Payment]
"""Takes the simulation, the payment's imp_uid, and the fields of the body by name."""


def open_window(simulation: Simulation, _call: Call, body: Body) -> Reply:
    """The buyer presses the pay button: 201 with a ready payment, or 409 when the window does not open."""
    if body.pop("generation") == "v2":
        return open_v2_window(simulation, _call, orders.as_v2(simulation.settings.v2_store_id, body))
    try:
        return Reply(window.open_window(simulation, body), 201)
    except window.WindowRefused as refused:
        return Reply(refusal(simulation, body, refused.code, refused.message), 409)


def open_v2_window(simulation: Simulation, _call: Call, body: Body) -> Reply:
    """The same for `PortOne.requestPayment`."""
    try:
        return Reply(v2_window.open_window(simulation, body), 201)
    except window.WindowRefused as refused:
        return Reply(v2_window.refusal(body, refused.code, refused.message), 409)


def listed(simulation: Simulation, call: Call, _body: Body) -> dict[str, Any]:
    """All payments, or those of one order, oldest first."""
    merchant_uid = call.query.get("merchant_uid")
    payments = simulation.ledger.attempts(str(merchant_uid)) if merchant_uid else simulation.ledger.payments()
    return {"payments": payments}


def shown(simulation: Simulation, call: Call, _body: Body) -> Payment:
    """One payment, sandbox or not; in `behind` is the state that PortOne's own API does not show."""
    return simulation.ledger.existing(call.path_parts["imp_uid"])


def window_result(simulation: Simulation, call: Call, _body: Body) -> dict[str, Any]:
    """The result that the browser would receive now, for a window whose last response was lost."""
    return _result(simulation, simulation.ledger.existing(call.path_parts["imp_uid"]))


def _result(simulation: Simulation, payment: Payment) -> dict[str, Any]:
    return v2_window.outcome(payment) if payment.v2 else callback(simulation, payment)


def _acting(action: Action) -> View:
    def view(simulation: Simulation, call: Call, body: Body) -> dict[str, Any]:
        imp_uid = simulation.ledger.existing(call.path_parts["imp_uid"]).imp_uid
        return _result(simulation, action(simulation, imp_uid, **body))

    return view


def _pend(simulation: Simulation, imp_uid: str) -> Payment:
    return simulation.move_and_notify_v2(imp_uid, lifecycle.pending)


def _judge(simulation: Simulation, imp_uid: str, status: str) -> Payment:
    return simulation.move(imp_uid, escrow.judged, status)


def _receipt(simulation: Simulation, imp_uid: str, status: str, amount: int | None = None) -> Payment:
    """The merchant issues or cancels a receipt in a console."""
    if status == "CANCELLED":
        return simulation.move(imp_uid, cash_receipts.cancelled)
    won = simulation.ledger.existing(imp_uid).remaining if amount is None else amount
    return simulation.move(imp_uid, cash_receipts.issued, "PERSONAL", won)


Fields = dict[str, checks.Field[Any]]

ACTIONS: Final[dict[str, tuple[Action, Fields]]] = {
    "approve": (window.approve, {"amount": whole(), "currency": words(3, least=3), "months": part()}),
    "decline": (
        partial(window.decline, reason="카드사에서 승인을 거절하였습니다."),
        {"reason": words(200), "store_failed": checks.Boolean()},
    ),
    "abandon": (partial(window.decline, reason=LEFT, store_failed=False), {"store_failed": checks.Boolean()}),
    "issue": (window.issue, {"due": whole()}),
    "deposit": (console.deposit, {"amount": whole(), "depositor": words(50)}),
    "late-approve": (window.late_approve, {}),
    "console-cancel": (console.cancel, {"amount": whole(), "reason": words(256)}),
    "console-vbank-revoke": (console.revoke_account, {}),
    "finish-cancel": (commands.finish_cancel, {"succeeds": checks.Boolean()}),
    "dispute": (console.dispute, {"reason": words(200)}),
    "resolve-dispute": (console.resolve_dispute, {}),
    "judge": (_judge, {"status": checks.String(required=True, validate=validate.OneOf(escrow.STATUSES))}),
    "pend": (_pend, {}),
    "receipt": (
        _receipt,
        {"status": checks.String(required=True, validate=validate.OneOf(("ISSUED", "CANCELLED"))), "amount": whole()},
    ),
    "pg-cancel": (console.cancel_at_pg, {}),
}
"""The actions on a payment after its window opened, with the fields of their bodies; all of them are optional.

Each returns the result that the browser would receive. `amount` is what the PG charged, the buyer transferred or the
merchant refunds, if it differs from the order; `months` are those of instalments, 0 for one sum; `due` is a deadline in
unix seconds; `store_failed` is whether the PG reports the failure to PortOne; `succeeds` is the PG's decision about a
pending cancel.
"""

ROUTES: Final = (
    route("POST", "/payments", open_window, orders.OrderSchema),
    route("POST", "/v2/payments", open_v2_window, orders.V2OrderSchema),
    route("GET", "/payments", listed),
    route("GET", "/payments/<imp_uid>", shown),
    route("GET", "/payments/<imp_uid>/callback", window_result),
    *(
        route("POST", f"/payments/<imp_uid>/{name}", _acting(action), Schema.from_dict(fields))
        for name, (action, fields) in ACTIONS.items()
    ),
)
