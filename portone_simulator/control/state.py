"""The state of the simulator: switches, clock, ledger, recorded calls, reset."""

from typing import Any, Final

from marshmallow import Schema, validate
from marshmallow import fields as checks

from portone_simulator import taxes
from portone_simulator.call import Call
from portone_simulator.control.endpoint import Body, route
from portone_simulator.payment import Payment
from portone_simulator.settings import SettingsPatch
from portone_simulator.state import Simulation


class AdvanceSchema(Schema):
    """Seconds to advance; up to ten years."""

    advance = checks.Float(required=True, validate=validate.Range(0, 10 * 366 * 86400))


def settings(simulation: Simulation, _call: Call, _body: Body) -> dict[str, object]:
    """Every switch."""
    return simulation.settings.plain()


def change_settings(simulation: Simulation, _call: Call, body: Body) -> dict[str, object]:
    """Change some switches; the others stay."""
    simulation.settings = simulation.settings.changed(body)
    return simulation.settings.plain()


def clock(simulation: Simulation, _call: Call, _body: Body) -> dict[str, float]:
    """The simulated time and its offset from the machine's clock."""
    return {"now": simulation.clock.now(), "offset": simulation.clock.offset}


def advance(simulation: Simulation, call: Call, body: Body) -> dict[str, float]:
    """Advance the clock; retries and delayed webhooks that become due are sent now."""
    simulation.advance_clock(body["advance"])
    return clock(simulation, call, body)


def ledger(simulation: Simulation, _call: Call, _body: Body) -> dict[str, Any]:
    """All movements of money: every payment, every executed cancel with its time, and the totals."""
    payments = simulation.ledger.payments()
    received = [payment for payment in payments if payment.received]
    paid, cancelled = (sum(getattr(each, key) for each in received) for key in ("amount", "cancel_amount"))
    executed = sum(len(payment.cancel_history) for payment in payments)
    money = {"paid_amount": paid, "cancelled_amount": cancelled, "balance": paid - cancelled}
    totals = {"payments": len(payments), "received": len(received), "cancels": executed, **money}
    return {"payments": [_line(payment) for payment in payments], "totals": totals}


def calls(simulation: Simulation, call: Call, _body: Body) -> dict[str, Any]:
    """The REST calls received, oldest first; `path` selects those whose path contains it."""
    part = str(call.query.get("path", ""))
    return {"calls": [note for note in tuple(simulation.calls) if part in note["path"]]}


def clear_calls(simulation: Simulation, _call: Call, _body: Body) -> dict[str, Any]:
    """Clear the record of calls."""
    simulation.forget_calls()
    return {"calls": []}


def call_counts(simulation: Simulation, _call: Call, _body: Body) -> dict[str, Any]:
    """How many REST calls of each endpoint were received since they were cleared, by generation."""
    return {generation: dict(counts) for generation, counts in simulation.call_counts.items()}


def wipe(simulation: Simulation, _call: Call, _body: Body) -> dict[str, Any]:
    """Reset: payments, faults, webhooks, calls and tokens are removed, switches and clock set to their initial
    values."""
    simulation.wipe()
    return {"wiped": True}


def healthz(_simulation: Simulation, _call: Call, _body: Body) -> dict[str, str]:
    """Liveness."""
    return {"status": "ok"}


def _line(payment: Payment) -> dict[str, Any]:
    keys = ("imp_uid", "merchant_uid", "status", "pay_method", "currency", "amount", "cancel_amount", "paid_at")
    parts = {"tax_free": payment.behind.tax_free, "vat": taxes.vat_of(payment)}
    return {key: getattr(payment, key) for key in keys} | parts | {"cancels": payment.cancel_history}


ROUTES: Final = (
    route("GET", "/settings", settings),
    route("PATCH", "/settings", change_settings, SettingsPatch),
    route("GET", "/clock", clock),
    route("POST", "/clock", advance, AdvanceSchema),
    route("GET", "/ledger", ledger),
    route("GET", "/calls", calls),
    route("DELETE", "/calls", clear_calls),
    route("GET", "/calls/counts", call_counts),
    route("DELETE", "", wipe),
    route("GET", "/healthz", healthz),
)
