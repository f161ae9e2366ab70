"""What an API key of the shop's server may do. A key has the scopes that it was made with, and never others."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from pitturu.domain.errors import NotAllowed
from pitturu.domain.roles import Permission


class Scope(StrEnum):
    """One thing that a key may do, for all orders of the shop."""

    SESSIONS_WRITE = "sessions:write"
    """Open sessions for users and guests, close them, and get client tokens for browsers."""
    PAYMENTS_READ = "payments:read"
    """Read and search sessions and payments of all users, with the buyers' data."""
    PAYMENTS_CANCEL = "payments:cancel"
    """Request cancels in full, by quantity or by amount. Large ones wait for an operator."""
    PAYMENTS_REFUND_ACCOUNT = "payments:refund_account"
    """With payments:cancel, name the bank account that a refund is transferred to."""
    SHIPMENTS_WRITE = "shipments:write"
    """Register with PortOne how the goods of escrow payments were sent."""
    EVENTS_READ = "events:read"
    """Read the events of all orders."""
    EVENT_ENDPOINTS_MANAGE = "event_endpoints:manage"
    """Choose where events are sent, and send them again."""
    CATALOGUE_MANAGE = "catalogue:manage"
    """Create and change items, retire them, and correct their stock."""


_PERMISSIONS: Final[Mapping[Scope, frozenset[Permission]]] = {
    Scope.PAYMENTS_READ: frozenset({Permission.VIEW}),
    Scope.SHIPMENTS_WRITE: frozenset({Permission.VIEW, Permission.SHIP}),
    Scope.PAYMENTS_CANCEL: frozenset({Permission.VIEW, Permission.CANCEL, Permission.CANCEL_BY_AMOUNT}),
}
"""What a scope means where users need permissions. An endpoint that a key may use requires its scope besides."""

BY_PERMISSION: Final[Mapping[Permission, Scope]] = {
    Permission.SHIP: Scope.SHIPMENTS_WRITE,
    Permission.READ_EVENTS: Scope.EVENTS_READ,
    Permission.MANAGE_EVENT_ENDPOINTS: Scope.EVENT_ENDPOINTS_MANAGE,
    Permission.MANAGE_CATALOGUE: Scope.CATALOGUE_MANAGE,
}
"""The scope with which a key may use all endpoints for operators with this permission."""


def permissions_of(scopes: Iterable[Scope]) -> frozenset[Permission]:
    """The permissions that these scopes give."""
    return frozenset[Permission]().union(*(_PERMISSIONS.get(scope, frozenset()) for scope in scopes))


def scope_needed(scope: Scope) -> NotAllowed:
    """The error for an API key without this scope."""
    return NotAllowed(
        "scope_needed",
        f"This needs an API key with the scope {scope}. Scopes of a key do not change: have an admin make another key.",
        {"scope": [scope]},
    )
