"""Endpoint of the pay methods that the shop offers. It needs no authentication: a form shows them before an order."""

from typing import Any

from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import refuses
from pitturu.api.schemas.pay_methods import OfferedMethodsQuerySchema, OfferedMethodsSchema
from pitturu.domain.errors import Unprocessable
from pitturu.domain.pay_methods import smallest_amount
from pitturu.domain.provider import PayMethod
from pitturu.payments.checkout import served
from pitturu.services import services

blueprint = Blueprint(
    "pay_methods", __name__, url_prefix=f"{PREFIX}/pay-methods", description="How orders can be paid."
)


@blueprint.get("")
@blueprint.arguments(OfferedMethodsQuerySchema, location="query")
@blueprint.response(200, OfferedMethodsSchema)
@refuses(Unprocessable, "generation_not_served")
def list_pay_methods(query: dict[str, Any]) -> Any:
    """List the ways to pay.

    In the order to show them. A session with any other method is refused (422 `pay_method_not_offered`). Needs no
    login.
    """
    settings = services().settings
    generation = served(query["generation"] or settings.portone_generation, settings)
    methods = [
        {
            "pay_method": method,
            "least_amount": smallest_amount(method),
            "installments": settings.installments if method is PayMethod.CARD else None,
        }
        for method in settings.offered(generation)
    ]
    return {"generation": generation, "methods": methods}
