"""Control of faults: global ones, or those of one payment."""

from typing import Any, Final

from portone_simulator.call import Call
from portone_simulator.control.endpoint import Body, route
from portone_simulator.faults import Fault, FaultList
from portone_simulator.state import Simulation


def listed(simulation: Simulation, _call: Call, _body: Body) -> dict[str, Any]:
    """Every active fault and how often it was applied."""
    return {"faults": simulation.faults.plain()}


def put(simulation: Simulation, call: Call, body: Body) -> dict[str, Any]:
    """Replace all faults."""
    simulation.faults.replace([Fault(**each) for each in body["faults"]])
    return listed(simulation, call, body)


def put_for_payment(simulation: Simulation, call: Call, body: Body) -> dict[str, Any]:
    """Replace the faults of this payment; they also apply to requests that name its order."""
    imp_uid = call.path_parts["imp_uid"]
    target = {"imp_uid": imp_uid, "merchant_uid": simulation.ledger.existing(imp_uid).merchant_uid}
    simulation.faults.replace([Fault(**{**each, **target}) for each in body["faults"]], imp_uid)
    return listed(simulation, call, body)


def clear(simulation: Simulation, call: Call, body: Body) -> dict[str, Any]:
    """Remove all faults, or those of this payment."""
    simulation.faults.replace([], call.path_parts.get("imp_uid"))
    return listed(simulation, call, body)


ROUTES: Final = (
    route("GET", "/faults", listed),
    route("PUT", "/faults", put, FaultList),
    route("DELETE", "/faults", clear),
    route("PUT", "/payments/<imp_uid>/faults", put_for_payment, FaultList),
    route("DELETE", "/payments/<imp_uid>/faults", clear),
)
