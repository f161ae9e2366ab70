"""The endpoint through which a browser reports that the buyer has returned from PortOne's window."""

from typing import Any

from pitturu import logs
from pitturu.api.authentication import current
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post
from pitturu.api.machine_access import machines
from pitturu.api.refusals import refuses
from pitturu.api.schemas.sessions import SessionSchema, VerifySchema
from pitturu.api.sessions import answer
from pitturu.domain.errors import Conflict, NotFound, Unprocessable
from pitturu.payments.verification import VerifyRequest, request_verification
from pitturu.store.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "verify", __name__, url_prefix=f"{PREFIX}/payments", description="Verification after the payment window."
)


@blueprint.post("/verify")
@machines(None, client_token=True)
@user_post
@blueprint.arguments(VerifySchema)
@blueprint.response(202, SessionSchema)
@refuses(NotFound, "session_not_found")
@refuses(Conflict, "several_sessions")
@refuses(Unprocessable, "nothing_to_verify")
def verify_payment(work: UnitOfWork, body: dict[str, Any]) -> Any:
    """Have a payment verified.

    Send what PortOne's window returned, then read the session at `Location` until it is settled. PortOne is asked
    what happened: nothing that the browser reports is trusted. Without this request PortOne's webhook has the same
    effect.
    """
    request = VerifyRequest(**body)
    caller, request_id = current(), logs.request_id() or ""
    return answer(work, request_verification(work, caller.username, request, request_id, caller.session_id))
