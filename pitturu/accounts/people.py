"""Giving a role to a user, and ending the logins of one."""

from dataclasses import dataclass
from uuid import UUID

from pitturu.domain import usernames
from pitturu.domain.errors import Conflict, NotAllowed, NotFound, Unprocessable
from pitturu.domain.roles import Role
from pitturu.store import logins, users
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.users import User


@dataclass(frozen=True)
class RoleChange:
    """What a user has now, and what the user had before: the role of logins here, or the limit of outside tokens."""

    user: User
    before: Role | None
    after: Role

    @property
    def summary(self) -> str:
        """For the operator log. It names nobody: the log refers to the user by key."""
        what = "role" if self.user.logs_in else "limit of the outside issuer's tokens"
        return f"{what}: {self.before or 'none'} to {self.after}"


def give_role(work: UnitOfWork, user_id: UUID, role: Role, by: str | None) -> RoleChange:
    """Set the role of a user, and the highest role that a token of the external issuer gives under this name.

    A user without a password never logs in here, and gets the limit only. `by` is the name of the operator. It is None
    at a terminal, where also the last admin can be stopped, and the next one made. Rights are lost at once, and gained
    at the next login.

    Raises NotFound, NotAllowed (one's own role), Unprocessable (a reserved name), Conflict (the last admin).
    """
    user, other_admins = users.lock_with_admins(work, user_id)
    if user is None:
        raise unknown_user()
    if user.username == by:
        raise NotAllowed("own_role", "Nobody changes a role of one's own. Ask another admin to do it.")
    if usernames.is_reserved(user.username):
        message = "This name is reserved for the system, so it has no role."
        raise Unprocessable("username_reserved", f"{message} Register another user.", {"role": [message]})
    before = user.role if user.logs_in else user.role_limit
    if user.logs_in:
        demoted = user.role == Role.ADMIN and role is not Role.ADMIN
        if demoted and by is not None and not other_admins:
            raise Conflict("last_admin", "This is the last admin. Make somebody else an admin first.")
        user.role = role
    user.role_limit = role
    return RoleChange(user, Role(before) if before else None, role)


def existing(user_id: UUID) -> User:
    """The user of this key. Raises NotFound."""
    user = users.by_key(user_id)
    if user is None:
        raise unknown_user()
    return user


def end_login(work: UnitOfWork, user_id: UUID, login_id: UUID) -> User:
    """End one login of a user. Raises NotFound, also for a login of another user."""
    user = existing(user_id)
    if not logins.end(work, login_id, user.username):
        raise NotFound("login_unknown", "The user has no such login, or it has ended. GET …/logins lists them.")
    return user


def end_logins(work: UnitOfWork, user_id: UUID) -> tuple[User, int]:
    """End every login of a user; the user, and how many there were. An operator's access tokens end with them.

    Raises NotFound.
    """
    user = existing(user_id)
    return user, logins.end_all(work, user.username)


def unknown_user() -> NotFound:
    """The error for a user who does not exist."""
    return NotFound("user_not_found", "There is no such user. GET /api/v1/operations/people lists all.")
