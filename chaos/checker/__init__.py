"""Compares PortOne's ledger with the database, using only the schema and the simulator's control API.

Nothing in this package imports the system, the simulator or the rest of the harness: a checker must not share a
misunderstanding with the code that it checks.
"""

from chaos.checker.checks import Check, run_checks

__all__ = ["Check", "run_checks"]
