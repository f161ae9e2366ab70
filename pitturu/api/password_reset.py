"""Endpoints for who forgot a password: ask for a link by mail, and set a new password with it."""

import logging
from typing import Any

from pitturu.accounts import password_reset
from pitturu.api import passwords, rate_limits, totp
from pitturu.api.client import address
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import refuses
from pitturu.api.schemas import account as schemas
from pitturu.api.schemas.people import DoneSchema
from pitturu.domain.errors import Conflict, NotAllowed, NotAuthenticated, Unprocessable
from pitturu.outbound import account_mail
from pitturu.outbound.account_mail import MailKind
from pitturu.services import services
from pitturu.store import account_codes, logins, users
from pitturu.store.unit_of_work import unit_of_work

log = logging.getLogger(__name__)

blueprint = Blueprint(
    "password_reset", __name__, url_prefix=f"{PREFIX}/auth/password-reset", description="A forgotten password."
)


@blueprint.post("")
@blueprint.arguments(schemas.ResetRequestSchema)
@blueprint.response(202, DoneSchema)
@refuses(Conflict, "mail_off")
def request_reset(body: dict[str, Any]) -> Any:
    """Ask for a link that resets a password.

    The answer is the same whether there is such an account or not. If there is, and its e-mail address was verified, a
    mail with a link is on its way. The link works once, for 30 minutes; a newer one replaces it.
    """
    account_mail.require(services().settings, page=True)
    typed = body["account"].strip()
    rate_limits.count_mail("reset", typed)
    with unit_of_work() as work:
        account_mail.enqueue(work, MailKind.PASSWORD_RESET, None, typed)
    return {}


@blueprint.post("/confirm")
@blueprint.arguments(schemas.NewPasswordByLinkSchema)
@blueprint.response(200, DoneSchema)
@refuses(NotAuthenticated, "second_factor_needed", "wrong_code")
@refuses(NotAllowed, "link_invalid", "reset_needs_second_factor")
@refuses(Unprocessable, "password_guessable")
def set_password(body: dict[str, Any]) -> Any:
    """Set a new password with the token of a mailed link.

    Ends all logins of the account; log in next. An account with a second factor needs `code` here and at the login: who
    reads the mail does not have the phone.
    """
    token = body["token"]
    with unit_of_work():
        username = account_codes.holder(token)
    if username is None:
        log.warning("reset_refused", extra={"address": address()})
        raise password_reset.invalid()
    rate_limits.count_login(username)
    passwords.refuse_guessable("new_password", body["new_password"], username)
    password_hash = passwords.hashed(body["new_password"])
    with unit_of_work() as work:
        user = password_reset.redeem(work, username, token)
        totp.check_login(work, user.username, body["code"])
        users.set_password_hash(work, user.username, password_hash)
        ended = logins.end_all(work, user.username)
        account_mail.notify(work, user.username, MailKind.PASSWORD_CHANGED)
    log.warning("password_reset", extra={"username": username, "ended": ended})
    return {}
