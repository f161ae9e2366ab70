"""What a decision asks for about cancels."""

from dataclasses import dataclass
from uuid import UUID

from pitturu.domain.cancellation import advance
from pitturu.domain.decision.effects import Effect
from pitturu.domain.decision.facts import Facts, KnownCancel
from pitturu.domain.retry_policy import RetryPolicy


@dataclass(frozen=True, slots=True)
class OpenCancel(Effect):
    """A new cancel. `due` says that a worker is to send it now; otherwise it waits or is over already."""

    cancel: KnownCancel
    due: bool

    def evolve(self, facts: Facts) -> Facts:
        return facts._replace(cancels=(*facts.cancels, self.cancel))


@dataclass(frozen=True, slots=True)
class ChangeCancel(Effect):
    """The cancel as it is now."""

    cancel: KnownCancel

    def evolve(self, facts: Facts) -> Facts:

        def changed(cancel: KnownCancel) -> KnownCancel:
            if cancel.id != self.cancel.id:
                return cancel
            advance(cancel.stage, self.cancel.stage)
            return self.cancel

        return facts._replace(cancels=tuple(changed(cancel) for cancel in facts.cancels))


@dataclass(frozen=True, slots=True)
class CancelDue(Effect):
    """A worker is to take the next step of the cancel now; with a fresh count of tries if `afresh`."""

    cancel_id: UUID
    afresh: bool = False


@dataclass(frozen=True, slots=True)
class RetryCancel(Effect):
    """The next step of the cancel comes later. `seen`: it is listed for operators although it goes on."""

    cancel_id: UUID
    policy: RetryPolicy
    reason: str
    seen: bool = False
