"""The events for the shop's own systems, as the database has them."""

from collections.abc import Sequence

from pitturu.store import shop_events
from pitturu.store.shop_events import ShopEvent
from tests.shop import Json, Shop


def events_of(shop: Shop, session: Json) -> Sequence[ShopEvent]:
    """The events of a session. Their sequence has no gaps."""
    with shop.app.app_context():
        found = shop_events.of_session(shop.row(session).id)
    assert [one.sequence for one in found] == list(range(1, len(found) + 1))
    return found


def seen(shop: Shop, session: Json) -> list[tuple[str, str, int]]:
    """Type, status and cancelled amount of each event of a session."""
    return [(one.type, one.data["status"], one.data["cancelled_amount"]) for one in events_of(shop, session)]
