"""The control API under `/_sim`: act as the buyer, the bank or the merchant, and inject faults.

It is for people and tests that run the simulator, and has no counterpart at PortOne.
"""

from typing import Final

from portone_simulator.control import faults, payments, state, webhooks
from portone_simulator.control.endpoint import no_route

ROUTES: Final = (*payments.ROUTES, *faults.ROUTES, *webhooks.ROUTES, *state.ROUTES)

__all__ = ["ROUTES", "no_route"]
