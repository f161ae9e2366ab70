"""What a decision asks for. `payments/apply_effects.py` writes it to the database; `evolve` does the same to facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pitturu.domain.cause import EventKind
from pitturu.domain.decision.facts import Claim, Due, Facts, KnownPayment, Line, Stock
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import SessionStatus, advance
from pitturu.domain.provider import VirtualAccount
from pitturu.domain.retry_policy import RetryPolicy


@dataclass(frozen=True, slots=True)
class NeedsStock:
    """The decision depends on stock that the order does not hold: reserve it, and a slot if `slot`, and ask again."""

    slot: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """One change that a decision asks for."""

    def evolve(self, facts: Facts) -> Facts:
        """The facts after this effect. Lines of the timeline and wake-ups change none. A retry moves `due` by chance,
        which no facts foresee: load the order again to read it. Raises IllegalMove and IllegalCancelMove, as rows do.
        """
        return facts


@dataclass(frozen=True, slots=True)
class SavePayment(Effect):
    """Write this attempt, new or as it is now."""

    payment: KnownPayment

    def evolve(self, facts: Facts) -> Facts:
        return facts._replace(payments={**facts.payments, self.payment.provider_id: self.payment})


@dataclass(frozen=True, slots=True)
class Observe(Effect):
    """Keep PortOne's own status beside ours."""

    provider_status: str

    def evolve(self, facts: Facts) -> Facts:
        return facts._replace(order=facts.order._replace(provider_status=self.provider_status))


@dataclass(frozen=True, slots=True)
class Move(Effect):
    """Change the order's status, with a line in the timeline. `detail` is the reason of a failure."""

    status: SessionStatus
    detail: str | None = None

    def evolve(self, facts: Facts) -> Facts:
        return facts._replace(order=facts.order._replace(status=advance(facts.order.status, self.status)))


@dataclass(frozen=True, slots=True)
class Money(Effect):
    """A line in the timeline: `amount` won arrived (+) or went back (-), the latter by this cancel."""

    provider_id: str
    amount: int
    detail: str
    cancel_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Accept(Effect):
    """This attempt pays the order."""

    provider_id: str
    paid_at: datetime
    method: str

    def evolve(self, facts: Facts) -> Facts:
        return facts._replace(order=facts.order._replace(provider_id=self.provider_id, paid_at=self.paid_at))


@dataclass(frozen=True, slots=True)
class TakeAccount(Effect):
    """The order waits for a deposit into this virtual account, until `expires_at`."""

    provider_id: str
    account: VirtualAccount
    due_at: datetime
    expires_at: datetime
    watch_until: datetime

    def evolve(self, facts: Facts) -> Facts:
        return facts._replace(
            order=facts.order._replace(
                provider_id=self.provider_id,
                account=self.account.number[:50],
                expires_at=self.expires_at,
                watch_until=self.watch_until,
                window_until=None,
            )
        )


@dataclass(frozen=True, slots=True)
class Prepared(Effect):
    """PortOne knows the amount of the order, since this moment or before."""

    at: datetime

    def evolve(self, facts: Facts) -> Facts:
        return facts._replace(order=facts.order._replace(prepared_at=facts.order.prepared_at or self.at))


@dataclass(frozen=True, slots=True)
class Reopen(Effect):
    """A declined order may be paid again; earlier attempts decide nothing any more."""

    at: datetime

    def evolve(self, facts: Facts) -> Facts:
        return facts._replace(order=facts.order._replace(reopened_at=self.at, stock=Stock.HELD))


@dataclass(frozen=True, slots=True)
class OpenWindow(Effect):
    """The payment window was opened: from now on the order has the time of a payment."""

    def evolve(self, facts: Facts) -> Facts:
        return facts._replace(order=facts.order._replace(expires_at=facts.order.pay_until, window_until=None))


@dataclass(frozen=True, slots=True)
class EndNow(Effect):
    """The deadline of the order is this moment."""

    at: datetime

    def evolve(self, facts: Facts) -> Facts:
        return facts._replace(order=facts.order._replace(expires_at=self.at, window_until=None))


@dataclass(frozen=True, slots=True)
class Grant(Effect):
    """The buyer owns the pieces of every line."""

    def evolve(self, facts: Facts) -> Facts:
        lines = tuple(line._replace(granted=line.quantity) for line in facts.order.lines)
        return facts._replace(order=facts.order._replace(lines=lines))


@dataclass(frozen=True, slots=True)
class TakeBack(Effect):
    """These pieces return from the buyer to stock, on account of a cancel."""

    line_key: UUID
    pieces: int
    cancel_id: UUID

    def evolve(self, facts: Facts) -> Facts:

        def without(line: Line) -> Line:
            return line._replace(granted=line.granted - self.pieces) if line.key == self.line_key else line

        return facts._replace(order=facts.order._replace(lines=tuple(without(line) for line in facts.order.lines)))


@dataclass(frozen=True, slots=True)
class ReleaseStock(Effect):
    """What the order holds of the stock goes back."""

    def evolve(self, facts: Facts) -> Facts:
        return facts._replace(order=facts.order._replace(stock=Stock.RELEASED))


@dataclass(frozen=True, slots=True)
class Note(Effect):
    """A line in the timeline that changes neither status nor money."""

    kind: EventKind
    provider_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Schedule(Effect):
    """The next job of the order, instead of whatever was planned; None plans nothing."""

    due: Due | None

    def evolve(self, facts: Facts) -> Facts:
        return facts._replace(order=facts.order._replace(due=self.due))


@dataclass(frozen=True, slots=True)
class Finish(Effect):
    """The claimed job is done. A demand that arrived meanwhile stays due."""

    claim: Claim

    def evolve(self, facts: Facts) -> Facts:
        return facts._replace(order=facts.order._replace(due=None)) if self.claim.holds(facts.order) else facts


@dataclass(frozen=True, slots=True)
class Retry(Effect):
    """The claimed job is to be tried again; `otherwise` is planned when no try is left before its time."""

    claim: Claim
    policy: RetryPolicy
    reason: str
    otherwise: Due | None = None


@dataclass(frozen=True, slots=True)
class Wake(Effect):
    """After the commit, a worker is notified that a row of this kind is due."""

    job: JobName


def evolve(facts: Facts, effects: Iterable[Effect]) -> Facts:
    """The facts after these effects, one after the other."""
    for effect in effects:
        facts = effect.evolve(facts)
    return facts
