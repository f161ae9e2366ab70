"""The endpoint of PortOne's confirm process, called just before an approval; it answers from the database alone."""

import json
from http import HTTPStatus
from typing import Any, Final

from flask import Response

from pitturu.api import problems
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.schemas.portone import ConfirmSchema, EmptySchema, RefusalSchema
from pitturu.payments import confirmation

SORRY: Final = (
    "지금은 결제를 진행할 수 없습니다. 잠시 후 처음부터 다시 시도해 주세요."
    " (This payment cannot go ahead now; start again in a moment.)"
)
"""The reason shown to the buyer when the request was malformed, or could not be answered."""

blueprint = Blueprint(
    "confirm", __name__, url_prefix=f"{PREFIX}/payments", description="PortOne's confirm process, before an approval."
)

_REFUSAL: Final = {"schema": RefusalSchema, "content_type": problems.MEDIA_TYPE}


@blueprint.post("/confirm")
@blueprint.arguments(ConfirmSchema)
@blueprint.alt_response(400, description="Not JSON.", **_REFUSAL)
@blueprint.alt_response(409, description="The payment must stop; `reason` is shown to the buyer.", **_REFUSAL)
@blueprint.response(200, EmptySchema)
def ask(body: dict[str, Any]) -> Any:
    """Confirm that this payment may be approved. Every status but 200 stops it, with a `reason` for the buyer."""
    confirmation.check(body["merchant_uid"], body["amount"])
    return {}


@blueprint.after_request
def with_reason(response: Response) -> Response:
    """PortOne shows `reason` to the buyer for any status. The texts of our own refusals are written for buyers
    already."""
    if response.mimetype == problems.MEDIA_TYPE:
        problem = json.loads(response.get_data())
        reason = problem["detail"] if response.status_code == HTTPStatus.CONFLICT else SORRY
        response.set_data(json.dumps(problem | {"reason": reason}, ensure_ascii=False))
    return response
