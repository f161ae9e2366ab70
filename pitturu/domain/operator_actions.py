"""What operators do with what belongs to others, and who they are, as the operator log records it."""

from dataclasses import dataclass
from enum import StrEnum

from pitturu.domain.roles import Role


class OperatorAction(StrEnum):
    """What an operator did. READ_… and EXPORT_… only looked at personal data; all others changed something."""

    READ_PAYMENT = "read_payment"
    READ_PAYMENTS = "read_payments"
    EXPORT_PAYMENTS = "export_payments"
    READ_STUCK_WORK = "read_stuck_work"
    READ_EXPLANATION = "read_explanation"
    READ_COMPARISON = "read_comparison"
    READ_PEOPLE = "read_people"
    READ_OPERATOR_LOG = "read_operator_log"
    READ_APPROVALS = "read_approvals"
    READ_WEBHOOKS = "read_webhooks"
    READ_STOCK_LEDGER = "read_stock_ledger"
    READ_EVENTS = "read_events"
    READ_EVENT_ENDPOINTS = "read_event_endpoints"
    CREATE_EVENT_ENDPOINT = "create_event_endpoint"
    CHANGE_EVENT_ENDPOINT = "change_event_endpoint"
    DELETE_EVENT_ENDPOINT = "delete_event_endpoint"
    ROTATE_EVENT_SECRET = "rotate_event_secret"  # noqa: S105 - the name of an action
    TEST_EVENT_ENDPOINT = "test_event_endpoint"
    RESUME_EVENT_ENDPOINT = "resume_event_endpoint"
    REPLAY_EVENTS = "replay_events"
    CANCEL = "cancel"
    APPROVE_CANCEL = "approve_cancel"
    REJECT_CANCEL = "reject_cancel"
    FULFIL = "fulfil"
    ISSUE_RECEIPT = "issue_receipt"
    SHIP = "ship"
    CONFIRM_ESCROW = "confirm_escrow"
    REPLAY = "replay"
    ASK_PORTONE = "ask_portone"
    ACKNOWLEDGE = "acknowledge"
    REOPEN = "reopen"
    COMPARE = "compare"
    CHANGE_ROLE = "change_role"
    END_LOGINS = "end_logins"
    RESET_SECOND_FACTOR = "reset_second_factor"
    ERASE = "erase"
    REENCRYPT = "reencrypt"
    SEED = "seed"
    MUTE_ALERT = "mute_alert"
    UNMUTE_ALERT = "unmute_alert"
    TEST_ALERTS = "test_alerts"
    TEST_NOTICES = "test_notices"
    CREATE_ITEM = "create_item"
    CHANGE_ITEM = "change_item"
    CORRECT_STOCK = "correct_stock"
    IMPORT_ITEMS = "import_items"
    READ_API_KEYS = "read_api_keys"
    CREATE_API_KEY = "create_api_key"
    END_API_KEY = "end_api_key"

    @property
    def reads(self) -> bool:
        """Whether this only looks at data."""
        return self.startswith(("read_", "export_"))


class EntryPoint(StrEnum):
    """Where an operator acts: over HTTP, or at a terminal of the system."""

    HTTP = "http"
    TERMINAL = "terminal"


@dataclass(frozen=True)
class Operator:
    """Who acts. `role` is None for an API key and at a terminal; `address` is the client's, None at a terminal."""

    name: str
    role: Role | None
    entry_point: EntryPoint
    address: str | None
    request_id: str | None


@dataclass(frozen=True)
class Thing:
    """What an action concerns: its kind, as `why` names kinds or `comparison` or `user`, and its public id."""

    kind: str
    id: str
