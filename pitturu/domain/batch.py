"""One question about several orders. What it settles is decided by `decision/batch.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

from pitturu.domain.provider import ProviderPayment


class Question(NamedTuple):
    """What would settle an order: one payment of this amount.

    `provider_id` is the attempt that is said to be paid, None if any will do.
    """

    order_id: str
    amount: int
    currency: str
    provider_id: str | None = None


@dataclass(frozen=True)
class Several:
    """PortOne's answer about several orders. `unclear` are order numbers of entries that could not be read."""

    shown: tuple[ProviderPayment, ...]
    unclear: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Settled:
    """The payment of one order, from an answer that may have left out other attempts."""

    payment: ProviderPayment


@runtime_checkable
class BatchGateway(Protocol):
    """An API of PortOne that answers about several orders in one call (V1)."""

    def several(self, order_ids: Sequence[str], seconds: float) -> Several:
        """What PortOne shows of these orders, within so many seconds. Raises GatewayError only."""
