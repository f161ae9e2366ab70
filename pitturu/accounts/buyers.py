"""Buyers for whom the shop's server acts: users of its own, known here by the name that tokens of its issuer have, and
guests, who never log in."""

import re
from typing import Final

from pitturu.domain import ids, usernames
from pitturu.domain.errors import Unprocessable
from pitturu.store import users
from pitturu.store.unit_of_work import UnitOfWork

LONGEST_ID: Final = 200
"""Characters of a shop's own id of a user, as in tokens of an outside issuer."""

_GUEST: Final = re.compile(r"guest:[A-Za-z0-9._-]{1,64}")


def ensure(work: UnitOfWork, user_id: str | None, prefix: str) -> str:
    """The username of the shop's user, or of a new guest without one. A user without a row gets one.

    `prefix` is that of names from outside. Raises Unprocessable.
    """
    username = usernames.GUEST + ids.new("") if user_id is None else username_of(user_id, prefix)
    users.ensure(work, username)
    return username


def username_of(user_id: str, prefix: str) -> str:
    """The username of the shop's user, or of a guest that the shop names itself.

    Raises Unprocessable for a name that is reserved, or no guest's.
    """
    if usernames.is_guest(user_id):
        if not _GUEST.fullmatch(user_id):
            raise _unfit("After `guest:` come 1 to 64 letters, digits, dots, underscores or hyphens.")
        return user_id
    username = prefix + user_id
    if usernames.is_reserved(username):
        raise _unfit("This name is reserved for the system. Use another one.")
    return username


def user_id_of(username: str, prefix: str) -> str | None:
    """The shop's own id of this user; None for somebody who registered here."""
    if usernames.is_guest(username):
        return username
    return username.removeprefix(prefix) if username.startswith(prefix) else None


def _unfit(complaint: str) -> Unprocessable:
    return Unprocessable("bad_user_id", complaint, {"user_id": [complaint]})
