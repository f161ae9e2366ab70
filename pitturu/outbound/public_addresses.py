"""Which addresses the shop's endpoints may have: public ones, so that nobody makes this server ask its own network.

An endpoint's name is resolved for each connection, every address is checked, and the connection goes to the checked
address itself: a name that resolves to another address a moment later changes nothing.
"""

import ipaddress
import socket
from collections.abc import Sequence
from typing import Final

GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
"""All IPv6 that hosts on the Internet have. Outside are, among others, IPv4 addresses in the forms of IPv6."""

PROTOCOLS: Final = ipaddress.ip_network("192.0.0.0/24")
"""For protocols of the IETF. Some versions of Python count parts of it as public."""

CARRIES_IPV4: Final = ipaddress.ip_network("2002::/16")
"""6to4: a public address of IPv6 that stands for any address of IPv4, a private one too."""


class PrivateAddress(OSError):
    """The name stands for an address that is not public. The message does not say which: whoever chose the name would
    learn what our resolver knows."""

    def __init__(self) -> None:
        super().__init__("the host has an address that is not public")


def is_public(address: str) -> bool:
    """Whether this address (of either family, in its usual form) is one of the public Internet."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        return found.is_global and found in GLOBAL_UNICAST and found not in CARRIES_IPV4
    return found.is_global and not (found.is_multicast or found.is_reserved or found in PROTOCOLS)


def resolve(host: str, port: int, *, private: bool) -> Sequence[str]:
    """The addresses of a host, in the order in which to try them; all are public unless `private` ones may be used.

    Raises PrivateAddress when one of them is not, and socket.gaierror for an unknown name. All spellings of an address
    that the resolver accepts (`0x7f.1`, `2130706433`, `::ffff:127.0.0.1`) are checked as what they stand for.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(place[0]) for *_, place in found))
    if not private and not all(map(is_public, addresses)):
        raise PrivateAddress
    return addresses
