"""Endpoints of the e-mail address of the caller's own account."""

import logging
from typing import Any
from uuid import UUID

from pitturu.accounts import emails
from pitturu.api import own_account, rate_limits
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import refuses
from pitturu.api.schemas import account as schemas
from pitturu.domain.errors import Conflict, NotAllowed
from pitturu.outbound import account_mail
from pitturu.services import services
from pitturu.store import account_codes, account_emails
from pitturu.store.account_codes import CodePurpose
from pitturu.store.unit_of_work import unit_of_work

log = logging.getLogger(__name__)

blueprint = Blueprint(
    "own_email", __name__, url_prefix=f"{PREFIX}/auth/email", description="The caller's own e-mail address."
)


@blueprint.get("")
@own_account.own_account
@blueprint.response(200, schemas.OwnEmailSchema)
def read_email(username: str, _login_id: UUID) -> Any:
    """Read the e-mail address of your account.

    A password that was forgotten is reset by mail to the verified address, and changes of the account are reported
    there.
    """
    return _shown(username)


@blueprint.post("")
@own_account.own_account
@blueprint.arguments(schemas.NewEmailSchema)
@blueprint.response(202, schemas.OwnEmailSchema)
@refuses(NotAllowed, "wrong_password", "second_factor_needed", "wrong_code")
@refuses(Conflict, "mail_off")
def change_email(username: str, _login_id: UUID, body: dict[str, Any]) -> Any:
    """Set or change your e-mail address.

    A code is mailed to it, which `POST /auth/email/confirm` takes for 30 minutes; until then the present address
    stays. Needs the password, and a code where the account has a second factor: whoever reads the mail can reset the
    password.
    """
    account_mail.require(services().settings)
    known = own_account.verified_hash(username, body["password"])
    for whom in (username, body["email"]):
        rate_limits.count_mail("verify", whom)
    with unit_of_work() as work:
        own_account.prove(work, username, known, body["code"])
        emails.request(work, username, body["email"])
    return _shown(username)


@blueprint.post("/confirm")
@own_account.own_account
@blueprint.arguments(schemas.EmailCodeSchema)
@blueprint.response(200, schemas.OwnEmailSchema)
@refuses(NotAllowed, "wrong_email_code")
def confirm_email(username: str, _login_id: UUID, body: dict[str, Any]) -> Any:
    """Verify your new e-mail address with the mailed code.

    It takes the place of the present one, which is informed. After five wrong codes a new one has to be requested.
    """
    rate_limits.count_login(username)
    with unit_of_work() as work:
        confirmed = emails.confirm(work, username, body["email_code"])
    if not confirmed:
        detail = "This code is wrong, expired or replaced. Enter that of the newest mail, or have a new one sent."
        raise NotAllowed("wrong_email_code", detail)
    log.warning("email_changed", extra={"username": username})
    return _shown(username)


@blueprint.delete("")
@own_account.own_account
@blueprint.arguments(schemas.ProofSchema)
@blueprint.response(200, schemas.OwnEmailSchema)
@refuses(NotAllowed, "wrong_password", "second_factor_needed", "wrong_code")
def remove_email(username: str, _login_id: UUID, body: dict[str, Any]) -> Any:
    """Remove your e-mail address.

    It is informed once more. Without one a forgotten password cannot be reset.
    """
    known = own_account.verified_hash(username, body["password"])
    with unit_of_work() as work:
        own_account.prove(work, username, known, body["code"])
        emails.remove(work, username)
    log.warning("email_removed", extra={"username": username})
    return _shown(username)


def _shown(username: str) -> dict[str, Any]:
    with unit_of_work():
        verified = account_emails.of_user(username)
        waiting = account_codes.pending(username, CodePurpose.EMAIL)
        return {
            "email": verified and verified.address,
            "verified_at": verified and verified.verified_at,
            "pending": waiting and waiting.address,
            "pending_until": waiting and waiting.expires_at,
            "available": account_mail.available(services().settings),
        }
