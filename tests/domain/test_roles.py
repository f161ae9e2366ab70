"""The table of what each role may do."""

from itertools import pairwise

import pytest

from pitturu.domain.roles import PERMISSIONS, Permission, Requester, Role, highest, lowest, may, permission_needed


def test_every_role_is_in_the_table() -> None:
    assert set(PERMISSIONS) == set(Role)


def test_a_buyer_may_nothing_with_what_belongs_to_others() -> None:
    assert not any(may(Role.BUYER, permission) for permission in Permission)


def test_each_role_may_all_that_the_role_before_it_may() -> None:
    rights = [PERMISSIONS[role] for role in Role]
    assert all(less < more for less, more in pairwise(rights))


def test_only_an_admin_manages_users_and_reads_the_operator_log() -> None:
    for permission in (Permission.MANAGE_USERS, Permission.READ_OPERATOR_LOG):
        assert [role for role in Role if may(role, permission)] == [Role.ADMIN]


def test_no_role_below_finance_decides_about_amounts_prices_and_large_cancels() -> None:
    amounts = Permission.CANCEL_BY_AMOUNT, Permission.APPROVE_CANCEL, Permission.RECONCILE
    for permission in (*amounts, Permission.MANAGE_CATALOGUE):
        assert [role for role in Role if may(role, permission)] == [Role.FINANCE, Role.ADMIN]


def test_the_order_of_roles() -> None:
    assert highest([Role.SUPPORT, Role.ADMIN, Role.VIEWER]) is Role.ADMIN
    assert highest([]) is Role.BUYER
    assert lowest(Role.ADMIN, Role.VIEWER) is Role.VIEWER


@pytest.mark.parametrize("role", Role)
def test_what_belongs_to_others_is_seen_with_a_permission_only(role: Role) -> None:
    requester = Requester("hana", role)
    assert requester.may_see("hana")
    assert requester.may_see("duri") == requester.may_see(None) == may(role, Permission.VIEW)
    assert not requester.owns(None)


def test_the_refusal_names_the_permission_and_who_has_it() -> None:
    refusal = permission_needed(Permission.RECONCILE)
    assert (refusal.code, refusal.errors) == (
        "permission_needed",
        {"permission": ["reconcile"], "roles": ["finance", "admin"]},
    )
    assert "reconcile, which these roles have: finance, admin" in refusal.detail
