"""How PortOne is spoken to: the wire, the token, V1's calls and its webhooks. The rest of us knows only `Gateway`."""

from pitturu.portone.v1 import V1Gateway, open_v1
from pitturu.portone.webhooks import Notice, parse_v1

__all__ = ["Notice", "V1Gateway", "open_v1", "parse_v1"]
