"""PortOne's REST API V2."""

from typing import Final

from portone_simulator.v2 import commands, queries
from portone_simulator.v2.endpoint import route

ROUTES: Final = tuple(route(endpoint) for endpoint in (*queries.ENDPOINTS, *commands.ENDPOINTS))
