"""Endpoints for admins: where events are sent to, with which secrets, and what became of each delivery."""

from typing import Any

from pitturu.api import operator_lines, pages
from pitturu.api.authentication import current, requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post, user_put
from pitturu.api.presenter import Presenter
from pitturu.api.refusals import refuses
from pitturu.api.schemas import event_endpoints as bodies
from pitturu.api.schemas.people import DoneSchema
from pitturu.domain.errors import Conflict, NotFound, Unprocessable
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.roles import Permission
from pitturu.outbound import endpoints
from pitturu.outbound.endpoints import KIND
from pitturu.store import event_endpoints, event_messages, outbound
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
    """List event endpoints.

    Shows where events are sent to, how each endpoint is doing, and what it has not taken yet. Secrets are not shown.
    """
    rows = event_endpoints.everything()
    waiting = event_messages.backlogs([row.endpoint_id for row in rows])
    return {"items": [Presenter(row, backlog=waiting[row.endpoint_id]) for row in rows]}


@blueprint.post("")
@user_post
@requires(MANAGE, OperatorAction.CREATE_EVENT_ENDPOINT)
@blueprint.arguments(bodies.NewEndpointSchema)
@blueprint.response(201, bodies.EndpointSecretSchema)
@refuses(Conflict, "too_many_endpoints")
def create_endpoint(work: UnitOfWork, body: dict[str, Any]) -> Any:
    """Add an event endpoint.

    It gets every event from now on. Keep `secret` of the answer: it verifies the signatures, and it is shown this
    once.
    """
    row, secret = endpoints.create(work, body["url"], body["types"], body["description"], current().username)
    _about(row.endpoint_id, endpoints.whereto(row))
    return Presenter(row, secret=secret)


@blueprint.patch("/<name:endpoint_id>")
@user_put
@requires(MANAGE, OperatorAction.CHANGE_EVENT_ENDPOINT)
@blueprint.arguments(bodies.EndpointChangeSchema)
@blueprint.response(200, bodies.EndpointSchema)
@refuses(NotFound, "endpoint_not_found")
def change_endpoint(work: UnitOfWork, body: dict[str, Any], endpoint_id: str) -> Any:
    """Change or pause an event endpoint.

    What is left out stays. `enabled` false pauses it; what happens meanwhile is sent when it is resumed.
    """
    named = ", ".join(sorted(body))
    row = endpoints.change(work, endpoint_id, body)
    _about(endpoint_id, f"{named}: {endpoints.whereto(row)}" if "url" in body else named)
    work.session.flush()
    return row


@blueprint.delete("/<name:endpoint_id>")
@user_put
@requires(MANAGE, OperatorAction.DELETE_EVENT_ENDPOINT)
@blueprint.response(200, DoneSchema)
@refuses(NotFound, "endpoint_not_found")
def delete_endpoint(work: UnitOfWork, endpoint_id: str) -> Any:
    """Delete an event endpoint.

    What is still to be sent to it is withdrawn.
    """
    _about(endpoint_id)
    endpoints.remove(work, endpoint_id)
    return {}


@blueprint.post("/<name:endpoint_id>/rotate")
@user_post
@requires(MANAGE, OperatorAction.ROTATE_EVENT_SECRET)
@blueprint.response(200, bodies.EndpointSecretSchema)
@refuses(NotFound, "endpoint_not_found")
def rotate_secret(work: UnitOfWork, endpoint_id: str) -> Any:
    """Make a new secret for an event endpoint.

    The answer has it this once. For 24 hours events have the signatures of both secrets: deploy the new one
    meanwhile.
    """
    _about(endpoint_id)
    row, secret = endpoints.rotate(work, endpoint_id)
    return Presenter(row, secret=secret)


@blueprint.post("/<name:endpoint_id>/test")
@user_post
@requires(MANAGE, OperatorAction.TEST_EVENT_ENDPOINT)
@blueprint.response(202, bodies.TestEventSchema)
@refuses(NotFound, "endpoint_not_found")
def send_test_event(work: UnitOfWork, endpoint_id: str) -> Any:
    """Send a test event.

    An event of the type `endpoint.test`, also to a paused endpoint. Its deliveries show what became of it.
    """
    _about(endpoint_id)
    return {"event_id": endpoints.enqueue_test(work, endpoint_id)}


@blueprint.post("/<name:endpoint_id>/resume")
@user_post
@requires(MANAGE, OperatorAction.RESUME_EVENT_ENDPOINT)
@blueprint.response(202, bodies.ResumedSchema)
@refuses(NotFound, "endpoint_not_found")
def resume_endpoint(work: UnitOfWork, endpoint_id: str) -> Any:
    """Resume an event endpoint.

    Sends events to it again, beginning with what it did not take and what happened meanwhile. 10,000 at a time: while
    `next` of `replayed` is not null, resume again.
    """
    row, replayed = endpoints.resume(work, endpoint_id)
    _about(endpoint_id, replayed.summary)
    return {"endpoint": row, "replayed": replayed}


@blueprint.post("/<name:endpoint_id>/replay")
@user_post
@requires(MANAGE, OperatorAction.REPLAY_EVENTS)
@blueprint.arguments(bodies.EventReplaySchema)
@blueprint.response(202, bodies.ReplayedEventsSchema)
@refuses(NotFound, "endpoint_not_found")
@refuses(Conflict, "endpoint_paused")
def replay_events(work: UnitOfWork, body: dict[str, Any], endpoint_id: str) -> Any:
    """Send events again.

    Delivered or not: those since a moment, or some by their ids. Receivers recognise them by `id`. 409
    `endpoint_paused`: resume it first.
    """
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
@refuses(NotFound, "endpoint_not_found")
@refuses(Unprocessable, "bad_cursor")
def list_deliveries(query: dict[str, Any], endpoint_id: str) -> Any:
    """List the deliveries of an event endpoint.

    What was and is to be sent to it, the newest event first, with the receiver's answers.
    """
    if event_endpoints.by_public_id(endpoint_id) is None:
        raise endpoints.unknown()
    _about(endpoint_id)
    before = pages.place(query["cursor"])
    return pages.cut(outbound.deliveries(endpoint_id, query["status"], before, query["limit"] + 1), query["limit"])


def _about(endpoint_id: str, detail: str | None = None) -> None:
    operator_lines.about(what=Thing(KIND, endpoint_id), detail=detail)
