"""Endpoints for operators: the webhooks that arrived, and what became of them."""

from typing import Any
from uuid import UUID

from pitturu.api import operator_lines, pages
from pitturu.api.authentication import requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import NO_UUID, refuses
from pitturu.api.schemas import webhooks as bodies
from pitturu.domain.errors import NotFound, Unprocessable
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.roles import Permission
from pitturu.store import lookup, webhook_listing
from pitturu.store.webhook_listing import DeliveryFilter

blueprint = Blueprint(
    "webhooks",
    __name__,
    url_prefix=f"{PREFIX}/operations/webhooks",
    description="For operators: the webhooks that arrived.",
)


@blueprint.get("")
@requires(Permission.VIEW, OperatorAction.READ_WEBHOOKS)
@blueprint.arguments(bodies.WebhooksQuerySchema, location="query")
@blueprint.response(200, bodies.WebhooksPageSchema)
@refuses(Unprocessable, "bad_cursor")
def list_webhooks(query: dict[str, Any]) -> Any:
    """List webhooks.

    Newest first: what each reported, whether it was dealt with, and how long that took.
    """
    limit, before = query.pop("limit"), pages.place(query.pop("cursor"))
    page = pages.cut(webhook_listing.page(DeliveryFilter(**query, before=before), limit + 1), limit)
    operator_lines.about(detail=f"{len(page['items'])} webhooks shown")
    return page


@blueprint.get("/<uuid:webhook_id>")
@requires(Permission.VIEW, OperatorAction.READ_WEBHOOKS)
@blueprint.response(200, bodies.WebhookDetailSchema)
@refuses(NotFound, "webhook_not_found", NO_UUID)
def read_webhook(webhook_id: UUID) -> Any:
    """Read one webhook.

    Shows its body as it was received. It is not to be trusted: PortOne was asked what really happened.
    """
    row = webhook_listing.by_id(webhook_id)
    if row is None:
        raise NotFound("webhook_not_found", "No such webhook. GET /api/v1/operations/webhooks lists all.")
    operator_lines.about(lookup.owner_of(row), Thing("webhook", str(row.id)))
    return row
