"""Routes: a method and a path, and their handler."""

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
    """One method on one path; `rule` is in werkzeug's syntax."""

    method: str
    rule: str
    handler: Handler


@dataclass(frozen=True)
class Endpoint(Generic[View]):
    """One endpoint of PortOne; `name` is matched by fault patterns, `public` ones need no token.

    V2's endpoints have the name of their V1 counterpart, or several names separated by |.
    """

    method: str
    rule: str
    name: str
    view: View
    public: bool = False


def noted(endpoint: Endpoint[Any], respond: Handler, names: Callable[[Call], dict[str, Any]]) -> Handler:
    """The handler of this endpoint, which records each request with its `names` for tests of clients.

    The recorded status is None when the connection was reset.
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
            simulation.count(endpoint.name, call.request.path)
            simulation.calls.append(note | {"status": status} | times | names(call))

    return handle
