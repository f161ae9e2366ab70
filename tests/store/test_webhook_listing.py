"""Lists of webhooks: by state, time and order, in pages, and never from the whole table."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from pitturu.store import webhook_listing
from pitturu.store.webhook_listing import DeliveryFilter
from pitturu.store.webhooks import DeliveryState, WebhookDelivery
from tests.store import rows
from tests.store.plans import plans

pytestmark = pytest.mark.usefixtures("tables")

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def add(name: str, minutes: int, state: DeliveryState = DeliveryState.DONE) -> WebhookDelivery:
    """A delivery of the order `name`, received this many minutes ago."""
    at = NOW - timedelta(minutes=minutes)
    return rows.delivery(merchant_uid=name, imp_uid=f"imp_{minutes}", received_at=at, state=state)


def names(limit: int = 10, **wanted: object) -> list[str]:
    """The order numbers that are listed."""
    return [row.merchant_uid for row in webhook_listing.page(DeliveryFilter(**wanted), limit)]  # type: ignore[arg-type]


def test_newest_first_by_state_time_and_order() -> None:
    add("old", 9)
    third = add("mine", 3, DeliveryState.PENDING)
    add("mine", 2)
    add("odd", 1, DeliveryState.ORPHANED)

    assert names() == ["odd", "mine", "mine", "old"]
    assert names(2) == ["odd", "mine"]
    assert names(before=(third.received_at, third.id)) == ["old"]
    assert names(state=DeliveryState.DONE) == ["mine", "old"]
    assert names(order="mine", state=DeliveryState.PENDING) == ["mine"]
    assert names(since=third.received_at, until=NOW - timedelta(minutes=2)) == ["mine"]


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"state": DeliveryState.DONE},
        {"state": DeliveryState.PENDING},
        {"state": DeliveryState.ORPHANED},
        {"since": NOW, "until": NOW},
    ],
)
def test_a_page_is_read_from_an_index(wanted: dict[str, object]) -> None:
    """Neither the whole table nor a sort, however many webhooks there are. Which index is best depends on the rows."""
    filtered = DeliveryFilter(**wanted, before=(NOW, uuid4()))  # type: ignore[arg-type]
    (plan,) = plans(lambda: webhook_listing.page(filtered, 21))
    assert "Index Scan" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


def test_the_webhooks_of_an_order_are_found_by_it() -> None:
    (plan,) = plans(lambda: webhook_listing.page(DeliveryFilter(order="mine"), 21))
    assert "Seq Scan" not in plan
