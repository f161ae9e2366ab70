"""Faults of PortOne and of its webhooks: some for every other purchase, and background faults for the whole run."""

from random import Random
from typing import Any, Final

Fault = dict[str, Any]
"""One fault in the format of the simulator's control API."""

WEBHOOK_FAULTS: Final[tuple[Fault, ...]] = (
    {"kind": "webhook_loss", "endpoint": "webhook.*"},
    {"kind": "webhook_loss", "endpoint": "webhook.*", "times": 1},
    {"kind": "webhook_repeat", "endpoint": "webhook.*", "copies": 2},
    {"kind": "webhook_repeat", "endpoint": "webhook.*", "copies": 4},
    {"kind": "webhook_delay", "endpoint": "webhook.*", "seconds": [0.1, 1]},
    {"kind": "webhook_delay", "endpoint": "webhook.*", "seconds": [1, 4]},
    {"kind": "webhook_hold", "endpoint": "webhook.*"},
)
"""Faults of webhooks; held ones are released later, the last one first."""
QUERY_FAULTS: Final[tuple[Fault, ...]] = (
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
"""Faults of queries about a payment."""
BATCH_FAULTS: Final[tuple[Fault, ...]] = (
    {"kind": "left_out", "endpoint": "payments.list"},
    {"kind": "older_attempt", "endpoint": "payments.list"},
    {"kind": "reordered", "endpoint": "payments.list"},
    {"kind": "wrong_order", "endpoint": "payments.list"},
    {"kind": "wrong_amount", "endpoint": "payments.list"},
    {"kind": "hang_after", "endpoint": "payments.list", "seconds": 3, "times": 1},
    {"kind": "reset_after", "endpoint": "payments.list", "times": 1},
    {"kind": "malformed", "endpoint": "payments.list", "times": 1},
    {"kind": "status", "endpoint": "payments.list", "status": 503, "times": 1},
)
"""Faults of V1's answers about several orders, one of which is the purchase."""
CANCEL_FAULTS: Final[tuple[Fault, ...]] = (
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
"""Faults of cancels; the first five are executed before the response is lost."""
BACKGROUND: Final[tuple[Fault, ...]] = (
    {"kind": "latency", "endpoint": "*", "seconds": [0.01, 0.15], "probability": 0.3},
    {"kind": "status", "endpoint": "prepare.*", "status": 503, "probability": 0.04},
    {"kind": "reset_after", "endpoint": "prepare.*", "probability": 0.03},
    {"kind": "reset_before", "endpoint": "prepare.*", "probability": 0.02},
    {"kind": "hang", "endpoint": "prepare.*", "seconds": 3, "probability": 0.01},
    {"kind": "status", "endpoint": "users.getToken", "status": 503, "probability": 0.1},
    {"kind": "revoke_token", "endpoint": "*", "probability": 0.002},
)
"""Faults of the whole run. Their probabilities are fixed; which call they hit is the only thing the seed does not
decide."""


def faults_of(chance: Random, cancels: bool) -> tuple[Fault, ...]:
    """The faults of one purchase."""
    faults: list[Fault] = []
    if chance.random() < 0.40:
        faults.append(chance.choice(WEBHOOK_FAULTS))
    if chance.random() < 0.25:
        faults.append(chance.choice(QUERY_FAULTS))
    if cancels and chance.random() < 0.6:
        faults.append(chance.choice(CANCEL_FAULTS))
    if chance.random() < 0.15:
        faults.append(chance.choice(BATCH_FAULTS))
    return tuple(faults)
