"""Connections to servers that somebody else chose: only to public addresses, with the limits of PortOne's client."""

import socket

from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import connection

from pitturu.outbound.public_addresses import PrivateAddress, resolve
from pitturu.portone import deadline
from pitturu.portone.http_adapter import PlainConnection, PlainPool, TLSConnection, TLSPool, Wire


class _Guarded(PlainConnection):
    """Connects to a checked address. TLS and the header Host keep the name, so certificates are checked as ever."""

    private = False

    def _new_conn(self) -> socket.socket:
        """A connection to the first address that answers. Raises PrivateAddress and urllib3's exceptions.

        All addresses share the time of the call: a name may have any number of them.
        """
        try:
            addresses = resolve(self.host, self.port or self.default_port, private=self.private)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        trouble: Exception = ConnectTimeoutError(self, "no time is left to connect")
        for address in addresses:
            place, left = (address, self.port or self.default_port), deadline.left()
            if left <= 0:
                break
            seconds = min(self.timeout, left) if isinstance(self.timeout, int | float) else self.timeout
            try:
                return connection.create_connection(place, seconds, socket_options=self.socket_options)
            except TimeoutError as error:
                trouble = ConnectTimeoutError(self, f"no connection within {seconds} s")
                trouble.__cause__ = error
            except OSError as error:
                trouble = NewConnectionError(self, f"no connection: {error}")
                trouble.__cause__ = error
        raise trouble


class _GuardedTLS(_Guarded, TLSConnection):
    """The same over TLS."""


class _Unguarded(_Guarded):
    private = True


class _UnguardedTLS(_GuardedTLS):
    private = True


class _PlainGuardedPool(PlainPool):
    ConnectionCls = _Guarded


class _TLSGuardedPool(TLSPool):
    ConnectionCls = _GuardedTLS


class _PlainUnguardedPool(PlainPool):
    ConnectionCls = _Unguarded


class _TLSUnguardedPool(TLSPool):
    ConnectionCls = _UnguardedTLS


class GuardedWire(Wire):
    """A `Wire` that connects to public addresses only, unless `private` ones may be used, as in development."""

    def __init__(self, *, private: bool) -> None:
        super().__init__(pool_size=1)
        guarded = {"http": _PlainGuardedPool, "https": _TLSGuardedPool}
        unguarded = {"http": _PlainUnguardedPool, "https": _TLSUnguardedPool}
        self.poolmanager.pool_classes_by_scheme = unguarded if private else guarded


__all__ = ["GuardedWire", "PrivateAddress"]
