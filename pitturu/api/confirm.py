"""The endpoint of PortOne's confirm process, called just before an approval; it answers from the database alone.

V1's questions have no signature. V2's are signed like its webhooks, and are refused without. Each generation can ask
about orders that are paid through it, and about no others.
"""

import json
import logging
from http import HTTPStatus
from typing import Any, Final

from flask import Response, request

from pitturu.api import problems, signatures
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import refuses
from pitturu.api.schemas.portone import ConfirmSchema, EmptySchema, Question, RefusalSchema
from pitturu.domain.errors import Conflict, NotAuthenticated
from pitturu.domain.provider import Generation
from pitturu.payments import confirmation
from pitturu.portone import webhooks

log = logging.getLogger(__name__)

SORRY: Final = (
    "지금은 결제를 진행할 수 없습니다. 잠시 후 처음부터 다시 시도해 주세요."
    " (This payment cannot go ahead now; start again in a moment.)"
)
"""The reason shown to the buyer when the request was malformed, or could not be answered."""

blueprint = Blueprint(
    "confirm", __name__, url_prefix=f"{PREFIX}/payments", description="PortOne's confirm process, before an approval."
)

_REFUSAL: Final = {"schema": RefusalSchema, "content_type": problems.MEDIA_TYPE}


@blueprint.before_request
def bound() -> None:
    """PortOne's questions are short; more is not read."""
    request.max_content_length = webhooks.MAX_BODY


@blueprint.post("/confirm")
@blueprint.arguments(ConfirmSchema)
@blueprint.alt_response(400, description="Not JSON.", **_REFUSAL)
@blueprint.alt_response(422, description="The fields of no form are complete.", **_REFUSAL)
@blueprint.alt_response(401, description="A question in V2's form without a valid signature.", **_REFUSAL)
@blueprint.alt_response(409, description="The payment must stop; the reason is shown to the buyer.", **_REFUSAL)
@blueprint.response(200, EmptySchema)
@refuses(NotAuthenticated, "webhook_forged")
@refuses(Conflict, "unknown_order", "amount_differs", "session_closed", "out_of_stock")
def ask(question: Question) -> Any:
    """Confirm that a payment may be approved.

    Only PortOne calls this, just before an approval. Amount, deadline and stock are checked. Every status but 200
    stops the payment, with a reason that PortOne shows to the buyer.
    """
    if question.generation is Generation.V2:
        _require_signature()
    confirmation.check(question.order_id, question.amount, question.generation)
    return {}


def _require_signature() -> None:
    try:
        signatures.require(request.get_data(cache=True))
    except NotAuthenticated as problem:
        log.warning(
            "confirm_refused",
            extra={"why": problem.code, "detail": problem.detail, "address": request.remote_addr or ""},
        )
        raise


@blueprint.after_request
def with_reason(response: Response) -> Response:
    """PortOne shows the reason to the buyer for any status. The texts of our own refusals are written for buyers
    already."""
    if response.mimetype == problems.MEDIA_TYPE:
        problem = json.loads(response.get_data())
        reason = problem["detail"] if response.status_code == HTTPStatus.CONFLICT else SORRY
        response.set_data(json.dumps(problem | {"reason": reason, "errorMessage": reason}, ensure_ascii=False))
    return response
