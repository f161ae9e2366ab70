"""The door of PortOne's confirm process: asked just before it approves, answered from the database alone."""

from typing import Any

from flask import jsonify

from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.problems import STATUS
from pitturu.api.schemas.portone import ConfirmSchema, EmptySchema, RefusalSchema
from pitturu.domain.errors import Conflict
from pitturu.payments import confirmation

blueprint = Blueprint(
    "confirm", __name__, url_prefix=f"{PREFIX}/payments", description="PortOne asks before it approves."
)


@blueprint.post("/confirm")
@blueprint.arguments(ConfirmSchema)
@blueprint.alt_response(409, schema=RefusalSchema, description="Stop; `reason` is shown to the buyer.")
@blueprint.response(200, EmptySchema)
def ask(body: dict[str, Any]) -> Any:
    """May this payment go ahead? Any answer but 200 stops it."""
    try:
        confirmation.check(body["merchant_uid"], body["amount"])
    except Conflict as refusal:
        return jsonify(code=refusal.code, reason=refusal.detail), STATUS[Conflict]
    return {}
