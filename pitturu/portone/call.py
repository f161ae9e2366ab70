"""One request to PortOne as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pitturu.domain.errors import Reaction


@dataclass(frozen=True)
class Call:
    """`name` and `subject` (an order's or payment's id) are for people and logs; `path` is percent-encoded.

    `moves_money` parts the calls into those that may be repeated blindly and those that may not. `secret_query` is the
    part of the query that must not be read anywhere but at PortOne: no log, error or `repr` has it.
    """

    name: str
    method: str
    path: str
    subject: str = ""
    moves_money: bool = False
    query: Mapping[str, str] = field(default_factory=dict)
    secret_query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, object] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

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

    def without_secrets(self, words: str) -> str:
        """`words` of an answer, in case it repeats what we sent."""
        for secret in self.secret_query.values():
            words = words.replace(secret, "***")
        return words
