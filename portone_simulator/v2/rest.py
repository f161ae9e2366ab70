"""PortOne's REST API V2."""

from typing import Final

from portone_simulator.v2 import moving, reading
from portone_simulator.v2.door import route

ROUTES: Final = tuple(route(endpoint) for endpoint in (*reading.ENDPOINTS, *moving.ENDPOINTS))
