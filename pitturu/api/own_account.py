"""Requests about the caller's own account: logins, password, second factor."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from pitturu.api import passwords, rate_limits, totp
from pitturu.api.authentication import authenticated, current
from pitturu.api.refusals import refuses
from pitturu.domain.errors import NotAllowed, NotAuthenticated
from pitturu.store import logins, second_factors, users
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work

View = TypeVar("View", bound=Callable[..., Any])


def own_account(view: View) -> View:
    """Require a user of ours whose login has not ended; the view gets the user's name and the login's id first.

    An access token outlives its login by minutes. Whoever stole one must not end the owner's other logins with it.
    """

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        caller = current()
        if caller.outside:
            detail = "Your account is kept by another system. Change logins, password and second factor there."
            raise NotAllowed("external_account", detail)
        if caller.login is None or logins.present(caller.username, caller.login) is None:
            raise NotAuthenticated("login_ended", "This login has ended. Log in again: POST /api/v1/auth/login.")
        return view(caller.username, caller.login, *args, **kwargs)

    guarded: View = authenticated(refuses(NotAllowed, "external_account", shared=True)(wrapper))
    return guarded


def verified_hash(username: str, password: str) -> str:
    """The hash of the user's present password, after this one was verified. It counts as an attempt to log in.

    A stolen access token is not enough to take over an account. Raises NotAllowed and TooManyRequests.
    """
    rate_limits.count_login(username)
    with unit_of_work():
        user = users.by_username(username)
    password_hash = user.password_hash if user else None
    if not passwords.matches(password_hash, password) or password_hash is None:
        raise wrong_password()
    return password_hash


def lock(work: UnitOfWork, username: str, password_hash: str) -> None:
    """Lock the user until the transaction ends. Raises NotAllowed if the password was changed since it was verified."""
    if not users.lock_password(work, username, password_hash):
        raise wrong_password()


def prove(work: UnitOfWork, username: str, password_hash: str, code: str | None) -> None:
    """Lock the user like `lock`, and check the second factor of an account that has one. Raises NotAllowed.

    For what a thief who knows the password must not do either: take another address, erase the account.
    """
    lock(work, username, password_hash)
    factor = second_factors.active(work, username)
    if factor is None:
        return
    if code is None:
        detail = "Your account has a second factor. Repeat the request with `code`, from the app or a recovery code."
        raise NotAllowed("second_factor_needed", detail)
    if not totp.accepts(work, factor, code):
        raise NotAllowed("wrong_code", totp.WRONG_CODE)


def wrong_password() -> NotAllowed:
    """The error for a wrong present password."""
    return NotAllowed("wrong_password", "The present password is wrong. Enter the one you log in with.")
