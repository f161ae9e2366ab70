"""A pretend PortOne: the REST API V1 with memory, over real HTTP, and with every misfortune on order.

It shares no code with the rest of the project, so that neither can repeat the other's misunderstanding.
"""

from portone_simulator.server import Running, Simulator

__all__ = ["Running", "Simulator"]
