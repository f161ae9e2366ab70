"""Events and messages are kept for 90 days; what is still to be done, or refused, stays."""

from collections.abc import Callable
from datetime import timedelta

from pitturu.domain import clock
from pitturu.store.shop_events import ShopEvent
from pitturu.worker import sweep
from tests.outbound.events import created
from tests.portone.faulty_server import FaultyServer, Peer, http
from tests.shop import Shop
from tests.shop_events import events_of

Turn = Callable[[timedelta], None]


def clean(shop: Shop) -> None:
    with shop.engine.transaction():
        sweep.clean()


def test_what_is_kept_of_events(shop: Shop, system: FaultyServer, turn: Turn) -> None:
    """A cancel was refused with 410, so its message waits for an operator; the payment was delivered."""
    endpoint = created(shop, system.url)
    system.behaviour = lambda peer: peer.send(http(b"", _status_of(peer)))
    session = shop.paid()
    shop.cancel(session)
    shop.drain()
    statuses = ["delivered", "dead"]
    assert [row.status for row in endpoint.messages] == statuses
    turn(timedelta(days=89))
    clean(shop)
    assert (len(events_of(shop, session)), [row.status for row in endpoint.messages]) == (2, statuses)
    shop.set(ShopEvent, due_at=clock.now())
    turn(timedelta(days=2))
    clean(shop)
    assert (len(events_of(shop, session)), [row.status for row in endpoint.messages]) == (2, ["dead"])
    shop.set(ShopEvent, due_at=None)
    clean(shop)
    assert (len(events_of(shop, session)), [row.status for row in endpoint.messages]) == (0, ["dead"])


def _status_of(peer: Peer) -> int:
    return 410 if b'"payment.cancelled"' in peer.request.body else 200
