"""One request to PortOne as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import CancelOrder


@dataclass(frozen=True)
class Call:
    """`name` and `subject` (an order's or payment's id) are for messages and logs; `path` is percent-encoded.

    `moves_money` marks the calls that must not be repeated without asking first. `secret_query` is the
    part of the query that only PortOne may receive: no log, error or `repr` contains it. `unsupported` are the HTTP
    statuses by which PortOne says that the PG does not have the feature; of other calls they are outages. A name in
    `query` with several values is sent once for each.
    """

    name: str
    method: str
    path: str
    subject: str = ""
    moves_money: bool = False
    query: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    secret_query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, object] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    unsupported: tuple[int, ...] = ()

    @property
    def doubt(self) -> Reaction:
        """The reaction if PortOne may or may not have executed the call."""
        return Reaction.ASK_FIRST if self.moves_money else Reaction.TRY_AGAIN

    @property
    def unreadable(self) -> Reaction:
        """The reaction if PortOne answered and the answer cannot be parsed."""
        return Reaction.ASK_FIRST if self.moves_money else Reaction.CALL_HUMAN

    @property
    def consequence(self) -> str:
        """What `doubt` means, as text for a message."""
        if self.moves_money:
            return "It may have been executed: PortOne is asked before anything is repeated."
        return "It is tried again."

    def without_secrets(self, words: str) -> str:
        """`words` of an answer without our secrets, in case it echoes the request."""
        for secret in self.secret_query.values():
            words = words.replace(secret, "***")
        return words


def segment(name: str) -> str:
    """`name` as one segment of a path. Raises GatewayError for names that would change the path."""
    if not name.strip("."):
        raise GatewayError(Reaction.STOP, f"No payment has the id {name!r}. Nothing was sent.")
    return quote(name, safe="")


def check_amount(order: CancelOrder) -> None:
    """Raises GatewayError (STOP) for an amount that must not be sent: to V1 an amount of 0 means "all that is left"."""
    if not 0 < order.amount <= order.balance:
        words = f"{order.amount} won cannot be cancelled of {order.balance} won. Nothing was sent."
        raise GatewayError(Reaction.STOP, words)
