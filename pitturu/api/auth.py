"""Authentication endpoints: register, log in, refresh the tokens, log out."""

import logging
from typing import Any

from pitturu.api import passwords, rate_limits, tokens
from pitturu.api.authentication import Caller
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.schemas import people
from pitturu.domain import usernames
from pitturu.domain.errors import Conflict, NotAuthenticated, Unprocessable
from pitturu.store import users
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from pitturu.store.users import User

log = logging.getLogger(__name__)

blueprint = Blueprint("auth", __name__, url_prefix=f"{PREFIX}/auth", description="Registration and login.")


@blueprint.post("/register")
@blueprint.arguments(people.CredentialsSchema)
@blueprint.response(201, people.UserSchema)
def register(body: dict[str, Any]) -> Any:
    """Register a user. Log in afterwards. 422 `username_reserved` for names that the system itself uses,
    `password_guessable` for common passwords."""
    if usernames.is_reserved(body["username"]):
        complaint = "This name is reserved for the system. Choose another one."
        raise Unprocessable("username_reserved", complaint, {"username": [complaint]})
    if passwords.is_guessable(body["password"], body["username"]):
        complaint = "This password is easily guessed. Choose several unrelated words, or have one generated."
        raise Unprocessable("password_guessable", complaint, {"password": [complaint]})
    password_hash = passwords.hashed(body["password"])
    with unit_of_work() as work:
        added = users.ensure(work, body["username"], password_hash)
    if not added:
        raise Conflict("username_taken", "This name is taken. Choose another one, or log in if it is yours.")
    return Caller(body["username"])


@blueprint.post("/login")
@blueprint.arguments(people.LoginSchema)
@blueprint.response(200, people.TokensSchema)
def login(body: dict[str, Any]) -> Any:
    """Get an access token and a refresh token. 429 after several attempts at one account."""
    rate_limits.count_login(body["username"])
    with unit_of_work():
        user = users.by_username(body["username"])
    if not passwords.matches(user.password_hash if user else None, body["password"]) or user is None:
        raise NotAuthenticated("wrong_credentials", "Name or password is wrong. Try again, or register first.")
    with unit_of_work() as work:
        _renew_hash(work, user, body["password"])
        return tokens.issue(work, user)


@blueprint.post("/refresh")
@blueprint.arguments(people.RefreshSchema)
@blueprint.response(200, people.TokensSchema)
def refresh(body: dict[str, Any]) -> Any:
    """Exchange the refresh token for a new pair. Using one twice revokes every token of that login."""
    token = tokens.read_refresh(body["refresh_token"])
    with unit_of_work() as work:
        user = users.by_username(token.username) if users.use_token(work, token.jti) else None
        if user is not None:
            return tokens.issue(work, user, token.family)
        users.revoke_family(work, token.family)
    log.warning("refresh_token_reused", extra={"family": str(token.family)})
    detail = "This refresh token was used or revoked before, so its login has ended. Log in again."
    raise NotAuthenticated("token_revoked", detail)


@blueprint.post("/logout")
@blueprint.arguments(people.RefreshSchema)
@blueprint.response(200, people.DoneSchema)
def logout(body: dict[str, Any]) -> Any:
    """End this login: its refresh tokens are revoked. The access token expires by itself within minutes."""
    with unit_of_work() as work:
        users.revoke_family(work, tokens.read_refresh(body["refresh_token"]).family)
    return {}


def _renew_hash(work: UnitOfWork, user: User, password: str) -> None:
    if user.password_hash is not None and passwords.outdated(user.password_hash):
        users.set_password_hash(work, user.username, passwords.hashed(password))
