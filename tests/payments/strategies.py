"""The values that the state machine of payments draws: faults, time spans, cancel requests."""

from datetime import timedelta

from hypothesis import strategies as some

from pitturu.registry import HANDLERS

CANCEL_FAULTS = [
    {"kind": "reset_after", "endpoint": "payments.cancel", "times": 1},
    {"kind": "reset_before", "endpoint": "payments.cancel", "times": 1},
    {"kind": "malformed", "endpoint": "payments.cancel", "times": 1},
    {"kind": "pg_refusal", "endpoint": "payments.cancel", "times": 1},
]
V2_CANCELS = ["at_once", "at_once", "requested", "failed"]
FAULTS = [
    *CANCEL_FAULTS,
    {"kind": "status", "status": 502, "endpoint": "payments.*", "times": 2},
    {"kind": "reset_after", "endpoint": "vbanks.revoke", "times": 1},
    {"kind": "revoke_token", "endpoint": "*", "times": 1},
    {"kind": "unknown_enum", "endpoint": "payments.findAll", "times": 1},
    {"kind": "reset_after", "endpoint": "prepare.create", "times": 1},
]
SPANS = [timedelta(seconds=5), timedelta(minutes=2), timedelta(minutes=31), timedelta(hours=2), timedelta(days=5)]
jobs = some.sampled_from(HANDLERS)
number = some.integers(0, 5)
attempt_actions = some.sampled_from(
    [*["approve"] * 3, "decline", "abandon", "late-approve", "deposit", "console-vbank-revoke"]
)
cancel_requests = some.sampled_from(
    [{}, {"amount": 300}, {"amount": 1000}, {"quantity": 1}, {"amount": 700, "quantity": 1}]
)

session_uses = some.sampled_from(["verify", "report_closed", "apply_answer", "prepare_again", "report_window", "close"])
"""What a browser does with a session: methods of `MachineShop`."""
