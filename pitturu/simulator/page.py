"""The test console at `/`."""

from typing import Final

from pitturu.simulator.routing import Route

ROUTES: Final[tuple[Route, ...]] = ()
