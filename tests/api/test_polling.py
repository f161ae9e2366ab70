"""How a browser learns that its session changed: by cheap polling, or by long polling."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from werkzeug.test import TestResponse

from pitturu.api.long_poll import NET, LongPolls
from pitturu.extensions import db
from pitturu.services import services_of, web_services_of
from pitturu.worker.publisher import CHANGES
from tests.shop import Json, Shop
from tests.waiting import until


def look(shop: Shop, session: Json, tag: str | None = None, wait: int = 0) -> TestResponse:
    headers = shop.login() | ({"If-None-Match": tag} if tag else {})
    return shop.app.test_client().get(f"/api/v1/payments/sessions/{session['session_id']}?wait={wait}", headers=headers)


def tag_of(shop: Shop, session: Json) -> str:
    """The ETag of the session as it is now."""
    return look(shop, session).headers["ETag"]


def waiting_requests(shop: Shop, session: Json) -> int:
    """The number of requests that wait for this session."""
    return len(room(shop)._waiting.get(session["session_id"], ()))


def room(shop: Shop) -> LongPolls:
    found: LongPolls = web_services_of(shop.app).long_polls
    return found


def connections(shop: Shop) -> int:
    """Pooled connections in use."""
    with shop.app.app_context():
        return int(db.engine.pool.checkedout())  # type: ignore[attr-defined] # It is a pool with a counter.


def wait(shop: Shop, threads: ThreadPoolExecutor, session: Json) -> Future[TestResponse]:
    """A request that waits, and sits down before this returns; news are whatever comes after this was called."""
    waiting = threads.submit(look, shop, session, tag_of(shop, session), 25)
    until(lambda: waiting.done() or waiting_requests(shop, session) > 0, "the request waits")
    return waiting


def test_nothing_new_costs_nothing(shop: Shop) -> None:
    session = shop.open()
    first = look(shop, session)
    again = look(shop, session, first.headers["ETag"])

    assert first.headers["Cache-Control"] == "private, no-cache"
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Retry-After"] == first.headers["Retry-After"] == "3"


def test_the_tag_changes_with_the_session(shop: Shop) -> None:
    session = shop.open()
    tag = tag_of(shop, session)
    shop.verify(session, shop.pay(session))

    assert look(shop, session, tag).json["status"] == "verifying"


def test_other_peoples_tags(shop: Shop) -> None:
    session = shop.open()

    assert look(shop, session, '"something"').status_code == 200
    assert look(shop, session, "not even quoted").status_code == 200
    assert look(shop, session, "*").status_code == 304


def test_a_settled_session_has_no_poll_interval(shop: Shop) -> None:
    session = shop.paid()
    answer = look(shop, session)

    assert (answer.json["settled"], answer.json["poll_after_ms"]) == (True, None)
    assert "Retry-After" not in answer.headers


def test_waiting_for_a_settled_session_is_over_at_once(shop: Shop) -> None:
    assert look(shop, shop.paid(), wait=25).status_code == 200


def test_a_published_change_ends_the_wait(shop: Shop, threads: ThreadPoolExecutor) -> None:
    session = shop.open()
    waiting = wait(shop, threads, session)
    assert not waiting.done()

    shop.verify(session, shop.pay(session))

    assert waiting.result(20).json["status"] == "verifying"


def test_without_a_tag_it_waits_for_a_change(shop: Shop) -> None:
    assert look(shop, shop.open(), wait=1).json["status"] == "prepared"


def test_a_known_tag_waits_for_another_one(shop: Shop, threads: ThreadPoolExecutor) -> None:
    session = shop.paid()
    tag = tag_of(shop, session)
    waiting = wait(shop, threads, session)
    assert not waiting.done()

    shop.cancel(session)
    shop.drain()

    assert waiting.result(20).headers["ETag"] != tag


def test_an_outdated_tag_does_not_wait(shop: Shop) -> None:
    assert look(shop, shop.open(), '"old"', wait=25).status_code == 200


def test_nobody_holds_a_connection_while_waiting(shop: Shop, threads: ThreadPoolExecutor) -> None:
    session = shop.open()
    tag = tag_of(shop, session)
    waiting = [threads.submit(look, shop, session, tag, 25) for _ in range(4)]

    until(lambda: waiting_requests(shop, session) == 4, "all four wait")
    until(lambda: connections(shop) == 0, "every connection is back")

    shop.verify(session, shop.pay(session))
    assert {answer.result(20).json["status"] for answer in waiting} == {"verifying"}


def test_the_listener_wakes_those_who_wait_and_no_one_else(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with()
    with room(shop).slot("ses1") as first:
        one = next(iter(room(shop)._waiting["ses1"]))
        until(one.is_set, "who waited before the listener was there is woken once")
        assert first(25)
        with room(shop).slot("ses2"):
            other = next(iter(room(shop)._waiting["ses2"]))

            services_of(shop.app).redis.publish(CHANGES, "ses1")

            until(one.is_set, "who waits for the change is woken")
            assert not other.is_set()


def test_without_redis_it_reads_the_session_itself(shop_with: Callable[..., Shop], threads: ThreadPoolExecutor) -> None:
    shop = shop_with(redis_url="redis://127.0.0.1:1/0")
    session = shop.open()
    waiting = wait(shop, threads, session)

    shop.verify(session, shop.pay(session))

    assert waiting.result(10 * NET.total_seconds()).json["status"] == "verifying"


def test_without_a_slot_it_is_answered_at_once(shop_with: Callable[..., Shop], threads: ThreadPoolExecutor) -> None:
    shop = shop_with(web_connections=2)
    session = shop.open()
    waiting = wait(shop, threads, session)

    assert look(shop, session, wait=25).json["status"] == "prepared"
    assert not waiting.done()
    shop.verify(session, shop.pay(session))
    assert waiting.result(20).json["status"] == "verifying"


def test_a_stopping_process_answers_waiting_requests(
    shop_with: Callable[..., Shop], threads: ThreadPoolExecutor
) -> None:
    shop = shop_with()
    session = shop.open()
    tag = tag_of(shop, session)
    waiting = wait(shop, threads, session)

    services_of(shop.app).stopping.set()

    assert waiting.result(20).status_code == 304
    assert look(shop, session, tag, wait=25).status_code == 304


def test_nothing_is_left_behind(shop: Shop) -> None:
    with room(shop).slot("ses1") as first, room(shop).slot("ses1") as second:
        assert [first(0), second(0)] == [False, False]

    assert room(shop)._waiting == {}


@pytest.mark.parametrize("wait_for", ["26", "-1", "x", "1.5", "1e3"])
def test_invalid_waits(shop: Shop, wait_for: str) -> None:
    problem = shop.get(f"/payments/sessions/any?wait={wait_for}", status=422)

    assert list(problem["errors"]) == ["wait"]
