"""Embedded Postgres and Valkey, and the command that runs the whole system.

`Postgres` and `Valkey` run real servers from the wheels of the development requirements, as child processes. `python -m
devstack` is `make run`. No other package imports this one.
"""

from devstack.errors import StartError
from devstack.postgres import Postgres
from devstack.server import Server
from devstack.valkey import Valkey

__all__ = ["Postgres", "Server", "StartError", "Valkey"]
