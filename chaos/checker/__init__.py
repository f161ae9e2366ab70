"""Compares PortOne's ledger with the books. It knows the schema, the simulator's control API and nothing else.

Nothing in this folder imports the system, the simulator or the rest of the harness: whoever checks must not share the
misunderstandings of those who are judged.
"""

from chaos.checker.checks import Check, run_checks

__all__ = ["Check", "run_checks"]
