"""Where a request comes from, as far as it can be known."""

import ipaddress
from typing import Final

from flask import request

from pitturu.store.logins import Client

LONGEST_ADDRESS: Final = 64
LONGEST_AGENT: Final = 200
"""Characters. Browsers send 80 to 150; a longer text is cut."""


def address() -> str:
    """The client's address; for IPv6 its /64 network, because one client usually has all of it."""
    text = request.remote_addr or "unknown"
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return text
    return text if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))


def client() -> Client:
    """What is stored about the client with a login."""
    agent = _printable(request.headers.get("User-Agent", ""), LONGEST_AGENT)
    return Client(_printable(address(), LONGEST_ADDRESS), agent or None)


def _printable(text: str, most: int) -> str:
    return "".join(character for character in text if character.isprintable())[:most]
