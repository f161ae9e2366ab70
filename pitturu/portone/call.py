"""One request to PortOne as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pitturu.domain.errors import Reaction


@dataclass(frozen=True)
class Call:
    """`name` and `subject` (an order's or payment's id) are for people and logs; `path` is percent-encoded.

    `moves_money` parts the calls into those that may be repeated blindly and those that may not.
    """

    name: str
    method: str
    path: str
    subject: str = ""
    moves_money: bool = False
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def doubt(self) -> Reaction:
        """What to do when PortOne may or may not have executed the call."""
        return Reaction.ASK_FIRST if self.moves_money else Reaction.TRY_AGAIN

    @property
    def unreadable(self) -> Reaction:
        """What to do when PortOne answered, and we cannot understand it."""
        return Reaction.ASK_FIRST if self.moves_money else Reaction.CALL_HUMAN

    @property
    def consequence(self) -> str:
        """What `doubt` means, in words."""
        if self.moves_money:
            return "It may have been executed: PortOne is asked before anything is repeated."
        return "It is tried again."
