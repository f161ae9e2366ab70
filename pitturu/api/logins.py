"""Endpoints of the caller's own logins and password."""

import logging
from typing import Any
from uuid import UUID

from pitturu.api import own_account, passwords
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.presenter import Presenter
from pitturu.api.refusals import NO_UUID, refuses
from pitturu.api.schemas import logins as schemas
from pitturu.api.schemas.people import DoneSchema
from pitturu.domain.errors import NotAllowed, NotFound, Unprocessable
from pitturu.outbound import account_mail
from pitturu.outbound.account_mail import MailKind
from pitturu.store import account_codes, logins, users
from pitturu.store.unit_of_work import unit_of_work

log = logging.getLogger(__name__)

blueprint = Blueprint(
    "logins", __name__, url_prefix=f"{PREFIX}/auth", description="The caller's own logins and password."
)


@blueprint.get("/logins")
@own_account.own_account
@blueprint.response(200, schemas.LoginsSchema)
def list_logins(username: str, login_id: UUID) -> Any:
    """List your logins.

    Shows where you are logged in, the last used login first, at most 100. End those that you do not know.
    """
    return {"items": [Presenter(login, current=login.id == login_id) for login in logins.of_user(username)]}


@blueprint.delete("/logins/<uuid:id>")
@own_account.own_account
@blueprint.response(200, DoneSchema)
@refuses(NotFound, "login_unknown", NO_UUID)
def end_login(username: str, _login_id: UUID, id: UUID) -> Any:
    """End one of your logins.

    Its refresh token is refused from now on; its access token expires within minutes.
    """
    with unit_of_work() as work:
        ended = logins.end(work, id, username)
    if not ended:
        raise NotFound("login_unknown", "You have no such login, or it has ended. GET /api/v1/auth/logins lists them.")
    return {}


@blueprint.delete("/logins")
@own_account.own_account
@blueprint.response(200, schemas.EndedSchema)
def end_other_logins(username: str, login_id: UUID) -> Any:
    """End all your logins but this one.

    Do this when a device was lost: only this login stays.
    """
    with unit_of_work() as work:
        return {"ended": logins.end_all(work, username, but=login_id)}


@blueprint.post("/password")
@own_account.own_account
@blueprint.arguments(schemas.NewPasswordSchema)
@blueprint.response(200, schemas.EndedSchema)
@refuses(NotAllowed, "wrong_password")
@refuses(Unprocessable, "password_guessable")
def change_password(username: str, login_id: UUID, body: dict[str, Any]) -> Any:
    """Change your password.

    Ends all your logins but this one, because whoever knew the old password may be logged in. The present password
    is needed, so that a stolen access token takes over no account. A verified e-mail address is informed, and links
    and codes that were mailed before are worthless.
    """
    known = own_account.verified_hash(username, body["password"])
    passwords.refuse_guessable("new_password", body["new_password"], username)
    password_hash = passwords.hashed(body["new_password"])
    with unit_of_work() as work:
        own_account.lock(work, username, known)
        users.set_password_hash(work, username, password_hash)
        account_codes.forget(work, username)
        account_mail.notify(work, username, MailKind.PASSWORD_CHANGED)
        ended = logins.end_all(work, username, but=login_id)
    log.warning("password_changed", extra={"username": username, "ended": ended})
    return {"ended": ended}
