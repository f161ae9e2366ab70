"""Postgres and Valkey for a machine that has neither, and the one command that runs the whole system.

`Postgres` and `Valkey` run real servers from the wheels of the development requirements, as children that end with
us. `python -m devstack` is `make run`. Nothing else in the package imports this one.
"""

from devstack.errors import StartError
from devstack.postgres import Postgres
from devstack.server import Server
from devstack.valkey import Valkey

__all__ = ["Postgres", "Server", "StartError", "Valkey"]
