"""What a user of each role may do. Rights are a table, so that a reader sees all of them at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pitturu.domain.errors import NotAllowed


class Role(StrEnum):
    """A buyer acts on what is the buyer's own only; every other role is an operator of the shop.

    In the order of their rights: each role may do all that the one before it may.
    """

    BUYER = "buyer"
    VIEWER = "viewer"
    SUPPORT = "support"
    FINANCE = "finance"
    ADMIN = "admin"


class Permission(StrEnum):
    """What an operator may do with what belongs to others."""

    VIEW = "view"
    """Read every user's payments, stuck work, explanations, audits, reconciliations."""
    CANCEL = "cancel"
    """Request a cancel of another user's payment, in full or by quantity."""
    CANCEL_BY_AMOUNT = "cancel_by_amount"
    """Request a cancel of some won, with or without pieces; name the account that a refund is paid to."""
    APPROVE_CANCEL = "approve_cancel"
    """Approve or reject a large cancel that another operator requested."""
    DECIDE_RETURN = "decide_return"
    """Approve or reject a buyer's request to return what was sent already."""
    FULFIL = "fulfil"
    """Record that pieces are prepared, shipped, delivered or used."""
    SHIP = "ship"
    """Register with PortOne how the goods of an escrow payment were sent."""
    CONFIRM_ESCROW = "confirm_escrow"
    """Tell the PG that a buyer confirms the goods of an escrow payment, by agreement with the buyer."""
    REPLAY = "replay"
    """Make work due again that ran out of attempts, have PortOne asked again, acknowledge what was done elsewhere."""
    RECONCILE = "reconcile"
    """Start a reconciliation with PortOne."""
    ISSUE_RECEIPTS = "issue_receipts"
    """Have a cash receipt issued or corrected, also for a buyer who asked for one later."""
    MUTE_ALERTS = "mute_alerts"
    """Stop the messages of an alert for some hours."""
    MANAGE_CATALOGUE = "manage_catalogue"
    """Create and change items, retire them, and correct their stock."""
    READ_EVENTS = "read_events"
    """Read the events for the shop's own systems."""
    MANAGE_EVENT_ENDPOINTS = "manage_event_endpoints"
    """Choose where events are sent, and send them again."""
    MANAGE_API_KEYS = "manage_api_keys"
    """Make and end the API keys of the shop's servers."""
    MANAGE_USERS = "manage_users"
    """Give and take roles, end other users' logins."""
    READ_OPERATOR_LOG = "read_operator_log"
    """Read what operators did and looked at."""


_VIEWER: Final = frozenset({Permission.VIEW, Permission.READ_EVENTS})
_SUPPORT: Final = _VIEWER | {
    Permission.CANCEL,
    Permission.DECIDE_RETURN,
    Permission.FULFIL,
    Permission.SHIP,
    Permission.REPLAY,
}
_FINANCE: Final = _SUPPORT | {
    Permission.CANCEL_BY_AMOUNT,
    Permission.APPROVE_CANCEL,
    Permission.RECONCILE,
    Permission.ISSUE_RECEIPTS,
    Permission.CONFIRM_ESCROW,
    Permission.MUTE_ALERTS,
    Permission.MANAGE_CATALOGUE,
}

PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.BUYER: frozenset(),
    Role.VIEWER: _VIEWER,
    Role.SUPPORT: _SUPPORT,
    Role.FINANCE: _FINANCE,
    Role.ADMIN: frozenset(Permission),
}

_ORDER: Final = tuple(Role)


def may(role: Role, permission: Permission) -> bool:
    """Whether a user of this role may do this."""
    return permission in PERMISSIONS[role]


def highest(roles: Iterable[Role]) -> Role:
    """The role with most rights; a buyer's where there is none."""
    return max(roles, key=_ORDER.index, default=Role.BUYER)


def lowest(*roles: Role) -> Role:
    """The role with fewest rights of at least one."""
    return min(roles, key=_ORDER.index)


def permission_needed(permission: Permission) -> NotAllowed:
    """The error for an operator whose role does not include this permission."""
    having = [role for role in Role if may(role, permission)]
    return NotAllowed(
        "permission_needed",
        f"This needs the permission {permission}, which these roles have: {', '.join(having)}. Ask an admin for one of"
        " them, then log in again.",
        {"permission": [permission], "roles": [*having]},
    )


@dataclass(frozen=True)
class Requester:
    """Who asks for a payment or its cancel: a user with a role, or an API key with what its scopes give."""

    username: str
    role: Role
    granted: frozenset[Permission] = frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether this one may do this with what belongs to others."""
        return permission in self.granted or may(self.role, permission)

    def owns(self, owner: str | None) -> bool:
        """Whether it belongs to this user. A user's own purchases are a buyer's, whatever the role."""
        return owner == self.username

    def may_see(self, owner: str | None) -> bool:
        """Whether this user may see what belongs to `owner`."""
        return self.owns(owner) or self.may(Permission.VIEW)
