"""The invariants as SQL: each query returns the rows that break one, so an empty result means that it holds.

`s` and `p` are the payment sessions and payments to check: all of them, or recent ones. A query returns the name of a
row and the key of its session, null where there is none. Every invariant has its own advice for the operator.
"""

from typing import Final

from pitturu.store.invariants.invariant import Invariant, Scope
from pitturu.store.invariants.inventory import INVENTORY
from pitturu.store.invariants.money import MONEY
from pitturu.store.invariants.receipts import RECEIPTS
from pitturu.store.invariants.work import STORY, WORK

__all__ = ["INVARIANTS", "Invariant", "Scope", "checked"]

INVARIANTS: Final = (*MONEY, *RECEIPTS, *INVENTORY, *STORY, *WORK)


def checked(scope: Scope) -> list[Invariant]:
    """The invariants that an audit of this scope checks."""
    return [invariant for invariant in INVARIANTS if scope is Scope.FULL or not invariant.sees_all]
