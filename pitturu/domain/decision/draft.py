"""A decision while it is being made: the effects so far, and the facts as they are after them."""

from pitturu.domain.decision.effects import Effect, NeedsStock
from pitturu.domain.decision.facts import Facts, KnownPayment, Order, Stock
from pitturu.domain.lifecycle import MOVES, SessionStatus


class StockNeeded(Exception):
    """The decision cannot go on before stock was reserved. `needs` says what."""

    def __init__(self, needs: NeedsStock) -> None:
        super().__init__(needs)
        self.needs = needs


class Draft:
    """Effects are added one by one, and each is seen by what follows. What changes nothing is not added."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.effects: list[Effect] = []

    @property
    def order(self) -> Order:
        """The order after the effects so far."""
        return self.facts.order

    def add(self, *effects: Effect) -> None:
        """Add these effects."""
        for effect in effects:
            self.effects.append(effect)
            self.facts = effect.evolve(self.facts)

    def can_move(self, target: SessionStatus) -> bool:
        """Whether the lifecycle lets the order become this."""
        return target in MOVES[self.order.status]

    def payment(self, provider_id: str) -> KnownPayment:
        """A payment after the effects so far."""
        return self.facts.payments[provider_id]

    def has_stock(self, *, slot: bool = False) -> bool:
        """Whether the pieces of a closed order are there again. Raises StockNeeded before anybody has tried."""
        if self.order.stock is Stock.RELEASED:
            raise StockNeeded(NeedsStock(slot))
        return self.order.stock is Stock.HELD
