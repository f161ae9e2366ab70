"""Authentication endpoints: register, log in, refresh the tokens, log out."""

import logging
from typing import Any

from flask import after_this_request

from pitturu.api import passwords, rate_limits, refresh_cookie, tokens, totp
from pitturu.api.caller import Caller
from pitturu.api.client import address, client
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import refuses
from pitturu.api.schemas import people
from pitturu.domain import clock, usernames
from pitturu.domain.errors import Conflict, NotAllowed, NotAuthenticated, Unprocessable
from pitturu.services import services
from pitturu.store import logins, users
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from pitturu.store.users import User

log = logging.getLogger(__name__)

blueprint = Blueprint("auth", __name__, url_prefix=f"{PREFIX}/auth", description="Registration and login.")


@blueprint.post("/register")
@blueprint.arguments(people.CredentialsSchema)
@blueprint.response(201, people.UserSchema)
@refuses(Unprocessable, "username_reserved", "password_guessable")
@refuses(Conflict, "username_taken")
def register(body: dict[str, Any]) -> Any:
    """Register a user.

    The name and the password are checked, and the user exists from then on: log in next. Common passwords are
    refused, because they are guessed first.
    """
    if usernames.is_reserved(body["username"]):
        complaint = "This name is reserved for the system. Choose another one."
        raise Unprocessable("username_reserved", complaint, {"username": [complaint]})
    passwords.refuse_guessable("password", body["password"], body["username"])
    password_hash = passwords.hashed(body["password"])
    with unit_of_work() as work:
        added = users.ensure(work, body["username"], password_hash)
        # After that: the name may have become free while it was waited for.
        if not added or users.was_erased_since(body["username"], clock.now() - services().settings.access_token_ttl):
            raise Conflict("username_taken", "This name is taken. Choose another one, or log in if it is yours.")
    return Caller(body["username"])


@blueprint.post("/login")
@blueprint.arguments(people.LoginSchema)
@blueprint.response(200, people.TokensSchema)
@refuses(NotAuthenticated, "wrong_credentials", "second_factor_needed", "wrong_code")
@refuses(NotAllowed, "foreign_origin")
def login(body: dict[str, Any]) -> Any:
    """Log in.

    Answers with an access token, which is sent with every request, and a refresh token, which gets the next pair.
    An account with a second factor needs `code` as well: 401 `second_factor_needed` says so, after the password was
    right. Attempts at one account are counted from whatever address they come, so that no password is guessed.
    """
    if body["cookie"]:
        refresh_cookie.require_our_pages()
    rate_limits.count_login(body["username"])
    with unit_of_work():
        user = users.by_username(body["username"])
    known = user.password_hash if user else None
    if not passwords.matches(known, body["password"]) or user is None or known is None:
        # A name that is not known may be a password that was typed into the wrong field.
        log.warning("login_refused", extra={"username": user.username if user else None, "address": address()})
        raise _wrong_credentials()
    with unit_of_work() as work:
        if not users.lock_password(work, user.username, known):
            raise _wrong_credentials()
        passed = totp.check_login(work, user.username, body["code"])
        _renew_hash(work, user, body["password"])
        issued = tokens.issue(work, user, tokens.begin_login(work, user, client(), second_factor=passed))
    return refresh_cookie.keep(issued) if body["cookie"] else issued


@blueprint.post("/refresh")
@blueprint.arguments(people.RefreshSchema, required=False)
@blueprint.response(200, people.TokensSchema)
@refuses(NotAuthenticated, "refresh_token_missing", "token_revoked", "token_expired", "token_invalid")
@refuses(NotAllowed, "foreign_origin")
def refresh(body: dict[str, Any]) -> Any:
    """Exchange the refresh token for a new pair of tokens.

    Each refresh token works once. Using one twice ends that login with every token of it, because one of the two
    users must have stolen it. Without `refresh_token` the one in the cookie is used, by pages of this origin only.
    """
    token, cookie = _presented(body["refresh_token"], cookie=body["cookie"])
    with unit_of_work() as work:
        continued = tokens.continue_login(work, token, client())
        if continued is not None:
            issued = tokens.issue(work, *continued)
    if continued is not None:
        return refresh_cookie.keep(issued) if cookie else issued
    log.warning("refresh_token_reused", extra={"family": str(token.family)})
    detail = "This refresh token was used or revoked before, so its login has ended. Log in again."
    raise NotAuthenticated("token_revoked", detail)


@blueprint.post("/logout")
@blueprint.arguments(people.LogoutSchema, required=False)
@blueprint.response(200, people.DoneSchema)
@refuses(NotAuthenticated, "refresh_token_missing", "token_expired", "token_invalid")
@refuses(NotAllowed, "foreign_origin")
def logout(body: dict[str, Any]) -> Any:
    """Log out.

    Ends this login: its refresh tokens are revoked. The access token cannot be revoked and expires by itself within
    minutes, so forget it.
    """
    token, cookie = _presented(body["refresh_token"])
    with unit_of_work() as work:
        logins.end(work, token.family)
    if cookie:
        after_this_request(refresh_cookie.delete)
    return {}


def _presented(text: str | None, *, cookie: bool = False) -> tuple[tokens.Refresh, bool]:
    """The refresh token of the body or else of the cookie, and whether it belongs into the cookie."""
    kept = refresh_cookie.read() if text is None else None
    if text is None and kept is None:
        detail = "Send `refresh_token`, or have the browser send its cookie. Log in if you have neither."
        raise NotAuthenticated("refresh_token_missing", detail)
    if cookie or kept is not None:
        refresh_cookie.require_our_pages()
    return tokens.read_refresh(text or kept or ""), cookie or kept is not None


def _wrong_credentials() -> NotAuthenticated:
    return NotAuthenticated("wrong_credentials", "Name or password is wrong. Try again, or register first.")


def _renew_hash(work: UnitOfWork, user: User, password: str) -> None:
    if user.password_hash is not None and passwords.outdated(user.password_hash):
        users.set_password_hash(work, user.username, passwords.hashed(password))
