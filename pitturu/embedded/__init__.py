"""Postgres and Valkey for a machine that has neither, and the one command that runs the whole system.

`Postgres` and `Valkey` run real servers from the wheels of the development requirements, as children that end with
us. `python -m pitturu.embedded` is `make run`. Nothing else in the package imports this one.
"""

from pitturu.embedded.errors import StartError
from pitturu.embedded.postgres import Postgres
from pitturu.embedded.server import Server
from pitturu.embedded.valkey import Valkey

__all__ = ["Postgres", "Server", "StartError", "Valkey"]
