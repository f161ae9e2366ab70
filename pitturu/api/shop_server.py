"""What requests of the shop's server have beside those of users: for whom, and the shop's own number of the order."""

from typing import Any

from pitturu.accounts import buyers
from pitturu.api.authentication import current
from pitturu.api.caller import Caller
from pitturu.domain.errors import Unprocessable
from pitturu.services import services
from pitturu.store.unit_of_work import UnitOfWork

ONLY_KEYS = ("user_id", "reference")
"""Fields of a new session that only an API key may send."""


def buyer(work: UnitOfWork, caller: Caller, body: dict[str, Any]) -> str:
    """The username that a new session is for; takes `user_id` out of `body`. Raises Unprocessable."""
    if caller.key is not None:
        return buyers.ensure(work, body.pop("user_id"), services().settings.external_jwt_prefix)
    if given := [name for name in ONLY_KEYS if body[name] is not None]:
        complaint = "Leave this out: only the shop's server may send it, with an API key."
        raise Unprocessable("for_api_keys_only", complaint, {name: [complaint] for name in given})
    del body["user_id"]
    return caller.username


def user_id(username: str) -> str | None:
    """The shop's own id of this user, for the shop's server; None for other callers, who know who they are."""
    if current().key is None:
        return None
    return buyers.user_id_of(username, services().settings.external_jwt_prefix)
