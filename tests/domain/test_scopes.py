"""What scopes of API keys mean."""

import pytest

from pitturu.domain.roles import Permission, Requester, Role
from pitturu.domain.scopes import BY_PERMISSION, Scope, permissions_of, scope_needed


def test_a_key_without_scopes_may_nothing() -> None:
    assert permissions_of([]) == set()
    assert not Requester("key:server", Role.BUYER).may_see("hana")


def test_a_key_that_reads_sees_every_users_payments() -> None:
    reader = Requester("key:server", Role.BUYER, permissions_of([Scope.PAYMENTS_READ]))
    assert reader.may_see("hana")
    assert not reader.may(Permission.CANCEL)


@pytest.mark.parametrize("scope", Scope)
def test_no_scope_lets_a_key_approve_or_manage_people(scope: Scope) -> None:
    people = {Permission.APPROVE_CANCEL, Permission.DECIDE_RETURN, Permission.MANAGE_USERS, Permission.MANAGE_API_KEYS}
    assert not people & permissions_of([scope])
    assert not people & set(BY_PERMISSION)


def test_the_refusal_names_the_scope() -> None:
    refusal = scope_needed(Scope.EVENTS_READ)
    assert (refusal.code, refusal.errors) == ("scope_needed", {"scope": ["events:read"]})
