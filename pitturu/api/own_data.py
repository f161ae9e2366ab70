"""Endpoints of the caller's own data: have a copy of all of it, and have it erased."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, after_this_request

from pitturu.accounts import erasure
from pitturu.api import own_account, rate_limits, refresh_cookie
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import refuses
from pitturu.api.schemas import account as schemas
from pitturu.api.schemas.logins import PresentPasswordSchema
from pitturu.api.schemas.people import DoneSchema
from pitturu.domain import clock
from pitturu.domain.errors import Conflict, NotAllowed, Unprocessable
from pitturu.services import services
from pitturu.store import autocommit, personal_data
from pitturu.store.personal_data import Read
from pitturu.store.unit_of_work import unit_of_work

log = logging.getLogger(__name__)

blueprint = Blueprint("own_data", __name__, url_prefix=f"{PREFIX}/auth/account", description="The caller's own data.")


@blueprint.post("/export")
@own_account.own_account
@blueprint.arguments(PresentPasswordSchema)
@blueprint.response(200, schemas.ExportSchema)
@refuses(NotAllowed, "wrong_password")
def export(username: str, _login_id: UUID, body: dict[str, Any]) -> Any:
    """Download everything that is stored about you.

    One JSON object: the account with its e-mail address, logins, what you own, and all orders with lines, payments,
    refunds and events. Needs the password. A file whose transfer breaks off is no valid JSON.
    """
    rate_limits.count_copy(username)
    own_account.verified_hash(username, body["password"])
    with unit_of_work() as work:
        account = personal_data.account(work, username)
    # Without a transaction: a client that reads slowly holds no connection to the database.
    chunks = _chunks({"exported_at": clock.now(), **account}, autocommit.reader(), username)
    response = Response(chunks, content_type="application/json")
    name = f"account-{clock.now().astimezone(clock.SEOUL):%Y%m%d-%H%M}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    log.warning("account_exported", extra={"username": username})
    return response


@blueprint.post("/erase")
@own_account.own_account
@blueprint.arguments(schemas.EraseSchema)
@blueprint.response(200, DoneSchema)
@refuses(NotAllowed, "wrong_password", "second_factor_needed", "wrong_code")
@refuses(Conflict, "orders_open", "refunds_open", "orders_undelivered", "account_of_operator")
@refuses(Unprocessable, "other_username")
def erase(username: str, _login_id: UUID, body: dict[str, Any]) -> Any:
    """Erase your account. This cannot be undone.

    All logins end, and nobody can log in any more. Name, e-mail, telephone and address are erased, except those of paid
    orders, which the law demands for five years; nobody who logs in can read these. Refused while an order is open, a
    virtual account waits for a transfer, a refund is undecided, or goods that were paid for have not arrived (for 30
    days).
    """
    if body["username"] != username:
        complaint = "This is not the name of your account. Type the name that you log in with."
        raise Unprocessable("other_username", complaint, {"username": [complaint]})
    known = own_account.verified_hash(username, body["password"])
    settings = services().settings
    pseudonym = erasure.erase(
        unit_of_work, settings, username, lambda work: own_account.prove(work, username, known, body["code"])
    )
    after_this_request(refresh_cookie.delete)
    # Not by the old name, which is to be forgotten.
    log.warning("account_erased", extra={"username": pseudonym})
    return {}


def _chunks(account: dict[str, Any], read: Read, username: str) -> Iterator[str]:
    yield f'{_json(account)[:-1]}, "orders": ['
    separator = ""
    for batch in personal_data.orders(read, username):
        yield separator + ",\n".join(map(_json, batch))
        separator = ",\n"
    yield "]}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: datetime | UUID) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
