"""Endpoints for admins: where events are sent to, with which secrets, and what became of each delivery."""

from typing import Any

from pitturu.api import operator_lines, pages
from pitturu.api.authentication import current, requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post, user_put
from pitturu.api.presenter import Presenter
from pitturu.api.schemas import shop_events as bodies
from pitturu.api.schemas.people import DoneSchema
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.roles import Permission
from pitturu.outbound import endpoints
from pitturu.outbound.endpoints import KIND
from pitturu.store import event_endpoints, outbound
from pitturu.store.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "event_endpoints",
    __name__,
    url_prefix=f"{PREFIX}/event-endpoints",
    description="For admins: the shop's own systems, and the events that are sent to them.",
)

MANAGE = Permission.MANAGE_EVENT_ENDPOINTS


@blueprint.get("")
@requires(MANAGE, OperatorAction.READ_EVENT_ENDPOINTS)
@blueprint.response(200, bodies.EndpointsSchema)
def list_endpoints() -> Any:
    """List all endpoints."""
    return {"items": event_endpoints.everything()}


@blueprint.post("")
@user_post
@requires(MANAGE, OperatorAction.CREATE_EVENT_ENDPOINT)
@blueprint.arguments(bodies.NewEndpointSchema)
@blueprint.response(201, bodies.EndpointSecretSchema)
def create_endpoint(work: UnitOfWork, body: dict[str, Any]) -> Any:
    """Add an endpoint. It gets every event from now on. The answer has its secret, this once."""
    row, secret = endpoints.create(work, body["url"], body["types"], body["description"], current().username)
    _about(row.endpoint_id, endpoints.whereto(row))
    return Presenter(row, secret=secret)


@blueprint.patch("/<name:endpoint_id>")
@user_put
@requires(MANAGE, OperatorAction.CHANGE_EVENT_ENDPOINT)
@blueprint.arguments(bodies.EndpointChangeSchema)
@blueprint.response(200, bodies.EndpointSchema)
def change_endpoint(work: UnitOfWork, body: dict[str, Any], endpoint_id: str) -> Any:
    """Change an endpoint's URL, types or description, or pause it."""
    named = ", ".join(sorted(body))
    row = endpoints.change(work, endpoint_id, body)
    _about(endpoint_id, f"{named}: {endpoints.whereto(row)}" if "url" in body else named)
    work.session.flush()
    return row


@blueprint.delete("/<name:endpoint_id>")
@user_put
@requires(MANAGE, OperatorAction.DELETE_EVENT_ENDPOINT)
@blueprint.response(200, DoneSchema)
def delete_endpoint(work: UnitOfWork, endpoint_id: str) -> Any:
    """Delete an endpoint. What is still to be sent to it is withdrawn."""
    _about(endpoint_id)
    endpoints.remove(work, endpoint_id)
    return {}


@blueprint.post("/<name:endpoint_id>/rotate")
@user_post
@requires(MANAGE, OperatorAction.ROTATE_EVENT_SECRET)
@blueprint.response(200, bodies.EndpointSecretSchema)
def rotate_secret(work: UnitOfWork, endpoint_id: str) -> Any:
    """Make a new secret, which the answer has this once. For 24 hours events have the signatures of both."""
    _about(endpoint_id)
    row, secret = endpoints.rotate(work, endpoint_id)
    return Presenter(row, secret=secret)


@blueprint.post("/<name:endpoint_id>/test")
@user_post
@requires(MANAGE, OperatorAction.TEST_EVENT_ENDPOINT)
@blueprint.response(202, bodies.TestEventSchema)
def send_test_event(work: UnitOfWork, endpoint_id: str) -> Any:
    """Send a test event of the type `endpoint.test`, also to a paused endpoint."""
    _about(endpoint_id)
    return {"event_id": endpoints.enqueue_test(work, endpoint_id)}


@blueprint.post("/<name:endpoint_id>/resume")
@user_post
@requires(MANAGE, OperatorAction.RESUME_EVENT_ENDPOINT)
@blueprint.response(202, bodies.ResumedSchema)
def resume_endpoint(work: UnitOfWork, endpoint_id: str) -> Any:
    """Send events to an endpoint again, beginning with what it did not take and what happened meanwhile.

    10,000 at a time: while `next` of `replayed` is not null, resume again.
    """
    row, replayed = endpoints.resume(work, endpoint_id)
    _about(endpoint_id, replayed.summary)
    return {"endpoint": row, "replayed": replayed}


@blueprint.post("/<name:endpoint_id>/replay")
@user_post
@requires(MANAGE, OperatorAction.REPLAY_EVENTS)
@blueprint.arguments(bodies.EventReplaySchema)
@blueprint.response(202, bodies.ReplayedEventsSchema)
def replay_events(work: UnitOfWork, body: dict[str, Any], endpoint_id: str) -> Any:
    """Send events again, delivered or not: those since a moment, or some by their ids. 409 `endpoint_paused`."""
    if body["since"] is not None:
        replayed = endpoints.replay_since(work, endpoint_id, body["since"])
    else:
        replayed = endpoints.replay_events(work, endpoint_id, body["event_ids"])
    _about(endpoint_id, replayed.summary)
    return replayed


@blueprint.get("/<name:endpoint_id>/deliveries")
@requires(MANAGE, OperatorAction.READ_EVENT_ENDPOINTS)
@blueprint.arguments(bodies.DeliveriesQuerySchema, location="query")
@blueprint.response(200, bodies.DeliveriesSchema)
def list_deliveries(query: dict[str, Any], endpoint_id: str) -> Any:
    """List what was and is to be sent to an endpoint, the newest event first."""
    if event_endpoints.by_public_id(endpoint_id) is None:
        raise endpoints.unknown()
    _about(endpoint_id)
    before = pages.place(query["cursor"])
    return pages.cut(outbound.deliveries(endpoint_id, query["status"], before, query["limit"] + 1), query["limit"])


def _about(endpoint_id: str, detail: str | None = None) -> None:
    operator_lines.about(what=Thing(KIND, endpoint_id), detail=detail)
