"""The client of PortOne: HTTP, the calls of V1 and V2, and webhooks. Other packages use only the `Gateway` protocol."""

from pitturu.portone.transport import Timeouts
from pitturu.portone.v1 import V1Gateway, open_v1
from pitturu.portone.v2 import V2Gateway, open_v2
from pitturu.portone.webhooks import Notice, is_v2, parse_v1, parse_v2

__all__ = ["Notice", "Timeouts", "V1Gateway", "V2Gateway", "is_v2", "open_v1", "open_v2", "parse_v1", "parse_v2"]
