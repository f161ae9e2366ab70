"""GET /events: whoever goes on with the cursor misses no event and gets none twice, whatever commits when."""

import threading
from typing import Any

import pytest
from sqlalchemy import text

from pitturu.api.events import _signer
from pitturu.domain.shop_events import ShopEventType
from pitturu.extensions import db
from pitturu.payments import shop_events as writer
from pitturu.store import shop_events
from pitturu.store.shop_events import Cursor
from pitturu.store.unit_of_work import unit_of_work
from tests.journeys.concurrency import concurrently
from tests.operators import actions
from tests.shop import Json, Shop
from tests.shop_events import events_of
from tests.store.plans import plans
from tests.waiting import until

READER = "reader"


@pytest.fixture(autouse=True)
def reader(shop: Shop) -> None:
    """A viewer may read events."""
    shop.login(READER, "viewer")


def read(shop: Shop, after: str | None = None, **query: Any) -> Json:
    """One answer."""
    return shop.get("/events", READER, query_string={**({"after": after} if after else {}), **query})


def read_all(shop: Shop, count: int, limit: int = 500) -> list[Json]:
    """The events from the beginning, when there are this many: transactions of other tests are waited for."""

    def pages() -> list[Json] | None:
        found, cursor, more = [], None, True
        while more:
            page = read(shop, cursor, limit=limit)
            found, cursor, more = [*found, *page["items"]], page["cursor"], page["more"]
        return found if len(found) >= count else None

    return until(pages, f"{count} events")


def test_events_as_endpoints_get_them(shop: Shop) -> None:
    session = shop.paid()
    shop.cancel(session)
    shop.drain()
    found = read_all(shop, 2)
    assert found == [one.payload for one in events_of(shop, session)]
    assert [one["type"] for one in found] == ["payment.paid", "payment.cancelled"]


def test_pages_and_types(shop: Shop) -> None:
    for _ in range(2):
        shop.cancel(shop.paid())
        shop.drain()
    everything = read_all(shop, 4)
    assert read_all(shop, 4, limit=1) == everything
    cancelled = read(shop, types="payment.cancelled, session.expired")["items"]
    assert cancelled == [one for one in everything if one["type"] == "payment.cancelled"]


def test_the_end_is_a_cursor_too(shop: Shop) -> None:
    first = read(shop)
    assert (first["items"], first["more"]) == ([], False)
    shop.paid()
    page = until(lambda: (found := read(shop, first["cursor"]))["items"] and found, "the event")
    assert read(shop, page["cursor"])["items"] == []


def test_who_waits_for_a_rare_type_does_not_read_all_others_again(shop: Shop) -> None:
    """The cursor of an answer without events is behind the events of other types."""
    shop.paid()
    read_all(shop, 1)
    page = read(shop, types="refund.refused")
    assert (page["items"], page["more"]) == ([], False)
    assert read(shop, page["cursor"])["items"] == []


def test_a_cursor_never_goes_back(shop: Shop) -> None:
    """One of another cluster, say, whose transactions have higher numbers."""
    with shop.app.app_context():
        cursor = _signer().dumps(Cursor(2**62, 1))
        assert _signer().loads(read(shop, cursor)["cursor"]) == [2**62, 1]


def test_a_transaction_that_commits_late_is_not_missed(shop: Shop) -> None:
    """Its event has the lower number, and the reader has been given a cursor meanwhile."""
    early, late = shop.paid(), shop.paid()
    read_all(shop, 2)
    cursor, key, other = read(shop)["cursor"], shop.row(early).id, shop.row(late).id
    written, commit = threading.Event(), threading.Event()

    def slow() -> None:
        with shop.app.app_context(), unit_of_work() as work:
            writer.write(work, ShopEventType.REFUND_REFUSED, work.lock_session(key), None)
            work.flush()
            written.set()
            assert commit.wait(60)

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(60)
    with shop.app.app_context(), unit_of_work() as work:
        writer.write(work, ShopEventType.DISCREPANCY_FOUND, work.lock_session(other), None)
    meanwhile = read(shop, cursor)
    assert meanwhile["items"] == []
    commit.set()
    thread.join(60)
    found = until(lambda: len(page := read(shop, meanwhile["cursor"])["items"]) == 2 and page, "both events")
    assert [one["type"] for one in found] == ["refund.refused", "discrepancy.found"]


def test_a_reader_beside_writers_gets_each_event_once(shop: Shop) -> None:
    sessions = [shop.paid() for _ in range(3)]
    keys, over, seen = [shop.row(session).id for session in sessions], threading.Event(), list[Json]()

    def write() -> None:
        for number in range(30):
            with shop.app.app_context(), unit_of_work() as work:
                writer.write(work, ShopEventType.REFUND_REFUSED, work.lock_session(keys[number % 3]), None)

    def follow() -> None:
        cursor = None
        while len(seen) < 3 + 4 * 30 and not over.is_set():
            page = read(shop, cursor, limit=7)
            seen.extend(page["items"])
            cursor = page["cursor"]

    timer = threading.Timer(60, over.set)
    timer.start()
    concurrently(follow, *[write] * 4)
    timer.cancel()
    assert len(seen) == len({one["id"] for one in seen}) == 3 + 4 * 30
    for session in sessions:
        mine = [one["sequence"] for one in seen if one["data"]["session_id"] == session["session_id"]]
        assert sorted(mine) == list(range(1, 42))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"after": "made-up"}, "bad_cursor"),
        ({"types": "payment.payed"}, "unknown_event_type"),
        ({"types": "endpoint.test"}, "unknown_event_type"),
        ({"limit": 501}, "validation_failed"),
    ],
)
def test_what_cannot_be_read(shop: Shop, query: dict[str, Any], code: str) -> None:
    assert shop.get("/events", READER, status=422, query_string=query)["code"] == code


def test_buyers_read_no_events(shop: Shop) -> None:
    assert shop.get("/events", status=403)["code"] == "operators_only"


def test_only_what_was_shown_is_logged(shop: Shop) -> None:
    """A client that asks every second would fill the log with nothing."""
    read(shop)
    assert actions(shop.app) == []
    shop.paid()
    read_all(shop, 1)
    assert actions(shop.app) == ["read_events"]


def test_an_index_serves_the_order(shop: Shop) -> None:
    with shop.app.app_context():
        (plan,) = plans(lambda: shop_events.page(Cursor(1, 1), [], 100))
        db.session.execute(text("SELECT 1"))
    assert "ix_shop_events_order" in plan
    assert "Sort" not in plan


def test_the_end_without_reading_what_is_before(shop: Shop) -> None:
    shop.paid()
    read_all(shop, 1)
    first = read(shop, "latest")
    assert (first["items"], first["more"]) == ([], False)
    end = first["cursor"]
    assert read(shop, end)["items"] == []
    shop.paid()
    page = until(lambda: (found := read(shop, end))["items"] and found, "the event")
    assert len(page["items"]) == 1


def test_the_newest_for_people(shop: Shop) -> None:
    session = shop.paid()
    shop.cancel(session)
    shop.drain()
    oldest_first = [one.payload for one in events_of(shop, session)]
    page = shop.get("/events/recent", READER, query_string={"limit": 1})
    assert page["items"] == oldest_first[1:]
    assert shop.get("/events/recent", READER, query_string={"cursor": page["next"]})["items"] == oldest_first[:1]
    paid = {"type": "payment.paid", "from": oldest_first[0]["created_at"], "to": oldest_first[1]["created_at"]}
    assert shop.get("/events/recent", READER, query_string=paid)["items"] == oldest_first[:1]
    assert actions(shop.app) == ["read_events"] * 3
    assert shop.get("/events/recent", READER, query_string={"to": "2026-01-01T00:00:00Z"})["items"] == []
    assert len(actions(shop.app)) == 3
    assert shop.get("/events/recent", READER, status=422, query_string={"type": "endpoint.test"})["errors"]["type"]
    assert shop.get("/events/recent", status=403)["code"] == "operators_only"
