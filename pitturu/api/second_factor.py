"""Endpoints of the caller's own second factor: switch it on and off."""

import logging
from typing import Any
from uuid import UUID

from pitturu.api import own_account, rate_limits, totp
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import refuses
from pitturu.api.schemas import logins as schemas
from pitturu.api.schemas.people import DoneSchema
from pitturu.domain.errors import Conflict, NotAllowed
from pitturu.outbound import account_mail
from pitturu.outbound.account_mail import MailKind
from pitturu.store import logins, second_factors
from pitturu.store.unit_of_work import unit_of_work

log = logging.getLogger(__name__)

blueprint = Blueprint(
    "second_factor", __name__, url_prefix=f"{PREFIX}/auth/totp", description="The caller's own second factor."
)


@blueprint.get("")
@own_account.own_account
@blueprint.response(200, schemas.FactorSchema)
def read_factor(username: str, _login_id: UUID) -> Any:
    """Read whether your account has a second factor.

    Also says how many recovery codes are left. With few left, switch it off and on again for new ones.
    """
    with unit_of_work() as work:
        active = second_factors.active(work, username) is not None
        return {"active": active, "recovery_codes_left": second_factors.recovery_codes_left(work, username)}


@blueprint.post("")
@own_account.own_account
@blueprint.arguments(schemas.PresentPasswordSchema)
@blueprint.response(201, schemas.EnrolmentSchema)
@refuses(NotAllowed, "wrong_password")
@refuses(Conflict, "second_factor_active")
def begin_enrolment(username: str, _login_id: UUID, body: dict[str, Any]) -> Any:
    """Begin to switch on the second factor.

    Answers with the secret for an authenticator app, this once. It does nothing until a first code is sent to `POST
    /auth/totp/confirm`, within 15 minutes.
    """
    known, secret = own_account.verified_hash(username, body["password"]), totp.new_secret()
    with unit_of_work() as work:
        own_account.lock(work, username, known)
        begun = second_factors.begin(work, username, secret)
    if not begun:
        raise _is_active()
    return {"secret": secret, "otpauth_uri": totp.address(username, secret)}


@blueprint.post("/confirm")
@own_account.own_account
@blueprint.arguments(schemas.CodeSchema)
@blueprint.response(200, schemas.RecoveryCodesSchema)
@refuses(NotAllowed, "wrong_code")
@refuses(Conflict, "second_factor_active", "enrolment_not_begun")
def confirm(username: str, login_id: UUID, body: dict[str, Any]) -> Any:
    """Switch on the second factor.

    Needs a first code of the app, which shows that the app has the secret. Store the recovery codes of the answer:
    each replaces a code once, and they are shown this once. This login counts as passed; refresh its tokens.
    """
    rate_limits.count_login(username)
    with unit_of_work() as work:
        if second_factors.active(work, username) is not None:
            raise _is_active()
        factor = second_factors.enrolment(work, username)
        if factor is None:
            detail = "Begin with POST /api/v1/auth/totp, which returns the secret, and confirm within 15 minutes."
            raise Conflict("enrolment_not_begun", detail)
        step = totp.step_of(factor.secret, body["code"])
        if step is None:
            raise NotAllowed("wrong_code", totp.WRONG_CODE)
        if not second_factors.activate(work, factor, step):
            raise Conflict("changed_meanwhile", "Another enrolment was begun meanwhile. Begin again.")
        codes = totp.new_recovery_codes()
        second_factors.add_recovery_codes(work, username, map(totp.plain, codes))
        logins.pass_second_factor(work, login_id)
        account_mail.notify(work, username, MailKind.FACTOR_CHANGED)
    log.warning("second_factor_on", extra={"username": username})
    return {"recovery_codes": codes}


@blueprint.delete("")
@own_account.own_account
@blueprint.arguments(schemas.PasswordAndCodeSchema)
@blueprint.response(200, DoneSchema)
@refuses(NotAllowed, "wrong_password", "wrong_code")
@refuses(Conflict, "second_factor_inactive")
def switch_off(username: str, _login_id: UUID, body: dict[str, Any]) -> Any:
    """Switch off the second factor.

    Needs the password and a code, so that a stolen access token cannot do it.
    """
    known = own_account.verified_hash(username, body["password"])
    with unit_of_work() as work:
        own_account.lock(work, username, known)
        factor = second_factors.active(work, username)
        if factor is None:
            raise Conflict("second_factor_inactive", "Your account has no second factor.")
        if not totp.accepts(work, factor, body["code"]):
            raise NotAllowed("wrong_code", totp.WRONG_CODE)
        second_factors.remove(work, username)
        logins.forget_second_factor(work, username)
        account_mail.notify(work, username, MailKind.FACTOR_CHANGED)
    log.warning("second_factor_off", extra={"username": username})
    return {}


def _is_active() -> Conflict:
    detail = "Your account has a second factor. Switch it off with DELETE /api/v1/auth/totp before you begin another."
    return Conflict("second_factor_active", detail)
