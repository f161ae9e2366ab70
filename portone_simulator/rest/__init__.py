"""PortOne's REST API V1, one module per family of endpoints."""

from typing import Final

from portone_simulator.rest import (
    cancel,
    codes,
    escrows,
    listing,
    payments,
    prepare,
    receipts,
    unsupported,
    users,
    vbanks,
)
from portone_simulator.rest.endpoint import no_route, route

ROUTES: Final = tuple(
    route(endpoint)
    for family in (users, prepare, payments, listing, cancel, vbanks, receipts, escrows, codes, unsupported)
    for endpoint in family.ENDPOINTS
)

__all__ = ["ROUTES", "no_route"]
