"""The client of PortOne: HTTP, the calls of V1 and V2, and webhooks. Other packages use only the `Gateway` protocol."""

from pitturu.portone.transport import Timeouts
from pitturu.portone.v1 import V1Gateway
from pitturu.portone.v2 import V2Gateway

__all__ = ["Timeouts", "V1Gateway", "V2Gateway"]
