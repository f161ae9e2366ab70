"""The control API under `/_sim`: play the buyer, the bank, the merchant at the console, and misfortune.

It is for people and tests that run the simulator, and has no counterpart at PortOne.
"""

from typing import Final

from portone_simulator.control import faults, payments, state, webhooks
from portone_simulator.control.endpoint import nowhere

ROUTES: Final = (*payments.ROUTES, *faults.ROUTES, *webhooks.ROUTES, *state.ROUTES)

__all__ = ["ROUTES", "nowhere"]
