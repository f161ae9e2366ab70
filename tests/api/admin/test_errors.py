"""What was logged as an error is counted and listed, and holds nothing of the buyer who met it."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from pitturu.domain import clock
from pitturu.monitoring import error_log
from pitturu.services import services_of
from pitturu.store import logged_errors
from pitturu.worker import sweep
from tests.monitoring.test_error_log import remove_handlers
from tests.shop import Json, Shop
from tests.values import BUYER


@pytest.fixture(autouse=True)
def recorded(shop: Shop) -> Iterator[None]:
    """Errors of this process go to the database of the shop, until the test ends."""
    error_log.install(services_of(shop.app).settings)
    yield
    remove_handlers()


def write() -> None:
    """Write what was logged now, instead of half a second later."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, error_log.ErrorLog):
            handler.flush()


def read(shop: Shop, **query: str) -> Json:
    """What an operator reads."""
    shop.login("viewer", "viewer")
    write()
    words = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    return shop.get(f"/operations/errors?{words}", "viewer")


def test_an_error_of_a_request(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise LookupError(f"cannot sell to {BUYER}")

    monkeypatch.setattr("pitturu.payments.checkout.open_session", broken)
    body = {"item_id": shop.item(), "quantity": 1, **BUYER}
    headers = shop.login() | {"X-Request-ID": "ticket-7"}
    for _ in range(2):
        assert shop.client.post("/api/v1/payments/sessions", json=body, headers=headers).status_code == 500

    found = read(shop)
    (counted,) = found["events"]
    assert (counted["event"], counted["count"], counted["dropped"]) == ("internal_error", 2, 0)
    assert counted["first_seen"] < counted["last_seen"]
    line, _ = found["items"]
    assert (line["event"], line["level"], line["logger"]) == ("internal_error", "ERROR", "pitturu.api.problems")
    assert (line["process"], line["request_id"], line["next"]) == ("command", "ticket-7", None)
    assert line["detail"] == {"path": "/api/v1/payments/sessions", "method": "POST"}
    assert line["traceback"].endswith("LookupError")
    assert "in broken" in line["traceback"]
    assert not [value for value in BUYER.values() if value in str(found)]


def test_advice_and_the_id_for_why(shop: Shop) -> None:
    log = logging.getLogger("pitturu.somewhere")
    log.error("it_broke", extra={"next": "start it again", "about": "ord1"})

    (line,) = read(shop)["items"]
    assert (line["next"], line["detail"]) == ("start it again", {"about": "ord1"})


def test_by_event_and_page(shop: Shop) -> None:
    log = logging.getLogger("pitturu.somewhere")
    for event in ("first", "second", "third"):
        log.error(event)
    log.warning("unheard")

    page = read(shop, limit="2")
    assert [line["event"] for line in page["items"]] == ["third", "second"]
    assert [line["event"] for line in read(shop, limit="2", cursor=page["next"])["items"]] == ["first"]
    only = read(shop, event="second")
    assert [one["event"] for one in only["events"] + only["items"]] == ["second", "second"]


def test_the_window_is_whole_hours(shop: Shop) -> None:
    clock.use(lambda: datetime(2026, 12, 1, 9, 30, tzinfo=UTC))
    logging.getLogger("pitturu.somewhere").error("it_broke")
    write()
    clock.use(lambda: datetime(2026, 12, 1, 12, 30, tzinfo=UTC))

    found = read(shop)
    assert (found["from"], found["to"]) == ("2026-11-30T12:00:00+00:00", "2026-12-01T13:00:00+00:00")
    assert len(found["items"]) == 1
    assert read(shop, to="2026-12-01T09:00:00Z")["items"] == []
    assert len(read(shop, to="2026-12-01T09:01:00Z")["events"]) == 1
    assert read(shop, **{"from": "2026-12-01T10:00:00Z"})["events"] == []


@pytest.mark.parametrize(
    "query",
    ["from=2026-12-01T10:00:00Z&to=2026-12-01T10:00:00Z", "to=0001-01-01T00:00:00Z", "from=9999-12-31T23:59:59Z"],
)
def test_a_window_without_time_is_refused(shop: Shop, query: str) -> None:
    shop.login("viewer", "viewer")
    assert shop.get(f"/operations/errors?{query}", "viewer", 422)["code"] == "bad_window"


def test_buyers_see_none(shop: Shop) -> None:
    shop.get("/operations/errors", status=403)


def test_housekeeping_deletes_what_is_old(shop: Shop) -> None:
    logging.getLogger("pitturu.somewhere").error("it_broke")
    write()
    later = clock.now() + logged_errors.COUNTS_KEPT_FOR + timedelta(hours=1)
    clock.use(lambda: later)
    with shop.engine.transaction():
        sweep.clean()
    clock.use(None)
    assert (read(shop)["events"], read(shop)["items"]) == ([], [])
