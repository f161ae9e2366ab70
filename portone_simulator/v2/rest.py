"""PortOne's REST API V2."""

from typing import Final

from portone_simulator.v2 import commands, queries, receipts
from portone_simulator.v2.endpoint import no_route, route

ROUTES: Final = tuple(route(endpoint) for endpoint in (*queries.ENDPOINTS, *commands.ENDPOINTS, *receipts.ENDPOINTS))

__all__ = ["ROUTES", "no_route"]
