"""A path, and what answers there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from werkzeug.wrappers import Response

from portone_simulator.call import Call
from portone_simulator.state import Simulation

Handler = Callable[[Simulation, Call], Response]
View = TypeVar("View", bound=Callable[[Simulation, Call], Any])


@dataclass(frozen=True)
class Route:
    """One method on one path; `rule` is in werkzeug's language."""

    method: str
    rule: str
    handler: Handler


@dataclass(frozen=True)
class Endpoint(Generic[View]):
    """One endpoint of PortOne's; `name` is what fault patterns match, `public` ones need no token.

    V2's bear V1's name for the same thing, or several with a | between.
    """

    method: str
    rule: str
    name: str
    view: View
    public: bool = False


def noted(endpoint: Endpoint[Any], respond: Handler, names: Callable[[Call], dict[str, Any]]) -> Handler:
    """What a request for this endpoint goes through, remembered with its `names` for whoever judges a client.

    The status of the note is None when the connection was reset.
    """

    def handle(simulation: Simulation, call: Call) -> Response:
        came_at, status = simulation.clock.now(), None
        try:
            response = respond(simulation, call)
            status = response.status_code
            return response
        finally:
            note = {"method": call.request.method, "path": call.request.path, "endpoint": endpoint.name}
            times = {"at": came_at, "seconds": round(simulation.clock.now() - came_at, 6)}
            simulation.calls.append(note | {"status": status} | times | names(call))

    return handle
