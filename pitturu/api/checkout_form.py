"""What the form of a checkout asks for besides the order and the buyer. It needs no authentication."""

from typing import Any

from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.schemas.consents import CheckoutFormSchema
from pitturu.services import services

blueprint = Blueprint(
    "checkout_form", __name__, url_prefix=f"{PREFIX}/checkout", description="The form before an order exists."
)


@blueprint.get("/form")
@blueprint.response(200, CheckoutFormSchema)
def read_form() -> Any:
    """Read what the form asks for.

    `consents` are the shop's: show each with a box to tick, never ticked beforehand. Send those that the buyer agreed
    to with the session; without the required ones no buyer can open one. Needs no login.
    """
    return {"consents": services().settings.consents}
