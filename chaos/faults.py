"""What goes wrong at PortOne and on the way from it: a few faults for every other purchase, and bad weather for all."""

from random import Random
from typing import Any, Final

Fault = dict[str, Any]
"""One fault as the simulator's control API takes it."""

ON_THE_WAY: Final[tuple[Fault, ...]] = (
    {"kind": "webhook_loss", "endpoint": "webhook.*"},
    {"kind": "webhook_loss", "endpoint": "webhook.*", "times": 1},
    {"kind": "webhook_repeat", "endpoint": "webhook.*", "copies": 2},
    {"kind": "webhook_repeat", "endpoint": "webhook.*", "copies": 4},
    {"kind": "webhook_delay", "endpoint": "webhook.*", "seconds": [0.1, 1]},
    {"kind": "webhook_delay", "endpoint": "webhook.*", "seconds": [1, 4]},
    {"kind": "webhook_hold", "endpoint": "webhook.*"},
)
"""To webhooks; those that are held are let go by and by, the last one first."""
WHEN_ASKED: Final[tuple[Fault, ...]] = (
    {"kind": "status", "endpoint": "payments.findAll", "status": 503, "times": 1},
    {"kind": "status", "endpoint": "payments.findAll", "status": 500, "times": 2},
    {"kind": "status", "endpoint": "payments.findAll", "status": 429, "retry_after": 1, "times": 1},
    {"kind": "hang", "endpoint": "payments.findAll", "seconds": 3, "times": 1},
    {"kind": "hang_after", "endpoint": "payments.findAll", "seconds": 3, "times": 1},
    {"kind": "reset_before", "endpoint": "payments.findAll", "times": 1},
    {"kind": "reset_after", "endpoint": "payments.findAll", "times": 1},
    {"kind": "latency", "endpoint": "payments.*", "seconds": [0.1, 0.8]},
    {"kind": "html", "endpoint": "payments.findAll", "status": 502, "times": 1},
    {"kind": "extra_fields", "endpoint": "payments.*"},
)
"""To questions about a payment."""
WHEN_CANCELLING: Final[tuple[Fault, ...]] = (
    {"kind": "reset_after", "endpoint": "payments.cancel", "times": 1},
    {"kind": "reset_after", "endpoint": "payments.cancel", "times": 2},
    {"kind": "hang_after", "endpoint": "payments.cancel", "seconds": 3, "times": 1},
    {"kind": "malformed", "endpoint": "payments.cancel", "times": 1},
    {"kind": "html", "endpoint": "payments.cancel", "status": 502, "times": 1},
    {"kind": "reset_before", "endpoint": "payments.cancel", "times": 1},
    {"kind": "hang", "endpoint": "payments.cancel", "seconds": 3, "times": 1},
    {"kind": "status", "endpoint": "payments.cancel", "status": 500, "times": 1},
    {"kind": "status", "endpoint": "payments.cancel", "status": 429, "times": 1},
    {"kind": "pg_refusal", "endpoint": "payments.cancel", "times": 1},
)
"""To cancels; the first five have been carried out when the caller is left without an answer."""
WEATHER: Final[tuple[Fault, ...]] = (
    {"kind": "latency", "endpoint": "*", "seconds": [0.01, 0.15], "probability": 0.3},
    {"kind": "status", "endpoint": "prepare.*", "status": 503, "probability": 0.04},
    {"kind": "reset_after", "endpoint": "prepare.*", "probability": 0.03},
    {"kind": "reset_before", "endpoint": "prepare.*", "probability": 0.02},
    {"kind": "hang", "endpoint": "prepare.*", "seconds": 3, "probability": 0.01},
    {"kind": "status", "endpoint": "users.getToken", "status": 503, "probability": 0.1},
    {"kind": "revoke_token", "endpoint": "*", "probability": 0.002},
)
"""Of the whole run. Its odds are fixed; which call it hits is the one thing that the seed does not decide."""


def faults_of(chance: Random, cancels: bool) -> tuple[Fault, ...]:
    """What goes wrong for one purchase."""
    faults: list[Fault] = []
    if chance.random() < 0.40:
        faults.append(chance.choice(ON_THE_WAY))
    if chance.random() < 0.25:
        faults.append(chance.choice(WHEN_ASKED))
    if cancels and chance.random() < 0.6:
        faults.append(chance.choice(WHEN_CANCELLING))
    return tuple(faults)
