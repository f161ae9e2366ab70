"""All that decides about money, as pure functions: facts, PortOne's answer, the shop's rules and the time go in; a list
of effects comes out. No clock, no database and no setting is read here.
"""

from pitturu.domain.decision.decide import decide
from pitturu.domain.decision.effects import Effect, NeedsStock, evolve
from pitturu.domain.decision.facts import (
    Answer,
    Claim,
    Due,
    Facts,
    KnownCancel,
    KnownPayment,
    Line,
    Order,
    Policy,
    Stock,
)
from pitturu.domain.decision.next_cancel_step import before_sending, next_cancel_step

__all__ = [
    "Answer",
    "Claim",
    "Due",
    "Effect",
    "Facts",
    "KnownCancel",
    "KnownPayment",
    "Line",
    "NeedsStock",
    "Order",
    "Policy",
    "Stock",
    "before_sending",
    "decide",
    "evolve",
    "next_cancel_step",
]
