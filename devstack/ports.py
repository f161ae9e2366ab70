"""Ports on the loopback address."""

import secrets
import socket

LOWEST, HIGHEST = 20_000, 32_000
"""Below the range for outgoing connections, so that a port stays free over a restart."""


def free_port() -> int:
    """A port that is free now. Raises OSError after a hundred failed attempts."""
    for _ in range(100):
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        if is_free(port):
            return port
    raise OSError(f"No free port found between {LOWEST} and {HIGHEST}")


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
