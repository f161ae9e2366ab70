"""A path, and what answers there."""

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.wrappers import Response

from pitturu.simulator.call import Call
from pitturu.simulator.world import World

Handler = Callable[[World, Call], Response]


@dataclass(frozen=True)
class Route:
    """One method on one path; `rule` is in werkzeug's language."""

    method: str
    rule: str
    handler: Handler
