"""A simulator of PortOne: its REST APIs with state, over real HTTP, with fault injection.

It shares no code with the rest of the project, so that neither can repeat a misunderstanding of the other.
"""

from portone_simulator.server import Running, Simulator

__all__ = ["Running", "Simulator"]
