"""Systems of the shop that are slow, silent or endless: each gets its events, and delays no other one."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from pitturu.domain import clock
from pitturu.outbound import deliver_events, webhooks
from tests.outbound.events import created, received
from tests.portone.faulty_server import FaultyServer, Peer, http, says
from tests.shop import Shop
from tests.waiting import until

Turn = Callable[[timedelta], None]
OK = says(http(b"ok"))


def test_a_system_says_when_it_takes_events_again(shop: Shop, system: FaultyServer) -> None:
    endpoint = created(shop, system.url)
    system.behaviour = says(http(b"", 503, "Retry-After: 600"))
    shop.paid()
    (message,) = endpoint.messages
    assert message.due_at
    assert 590 < (message.due_at - clock.now()).total_seconds() <= 600


def test_an_endless_answer_ends(shop: Shop, system: FaultyServer) -> None:
    """A 2xx has arrived by then; its body is not read."""

    def endless(peer: Peer) -> None:
        peer.send(http(b"", 200, length=10**9))
        while not peer.closing.is_set():
            peer.send(b"x" * 65536)

    endpoint = created(shop, system.url)
    system.behaviour = endless
    shop.paid()
    assert [one["status"] for one in endpoint.deliveries()] == ["delivered"]


def test_a_system_that_drips_its_answer_is_not_waited_for(
    shop: Shop, system: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte now and then is no silence, and the call ends all the same."""
    monkeypatch.setattr(webhooks, "WHOLE", 0.5)
    endpoint = created(shop, system.url)
    system.behaviour = lambda peer: peer.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000)
    began = time.monotonic()
    shop.paid()
    assert time.monotonic() - began < 10
    assert endpoint.row.rest_until is not None


def test_a_system_that_does_not_answer_delays_no_other_one(shop: Shop, system: FaultyServer, turn: Turn) -> None:
    """It rests, and is then asked with one event at a time; what waits for it is no backlog."""
    created(shop, system.url)
    with FaultyServer(Peer.reset) as silent:
        endpoint = created(shop, silent.url)
        sessions = [shop.paid() for _ in range(4)]
        assert len(received(system)) == 4
        first = len(silent.requests)
        assert endpoint.row.rest_until is not None
        assert all(row.due_at and row.due_at > clock.now() for row in endpoint.messages)
        turn(timedelta(seconds=20))
        shop.drain()
        assert len(silent.requests) == first + 1
        silent.behaviour = OK
        turn(timedelta(minutes=1))
        with shop.engine.transaction() as work:
            (probe,) = deliver_events.HANDLER.claim(shop.engine.context, work, 5)
        with shop.engine.transaction() as work:
            # Another worker puts the others off while the first one is awaited; its answer makes them due.
            assert deliver_events.HANDLER.claim(shop.engine.context, work, 5) == []
        answer = deliver_events.HANDLER.ask(shop.engine.context, probe)
        with shop.engine.transaction() as work:
            deliver_events.HANDLER.apply(shop.engine.context, work, probe, answer)
        shop.drain()
        assert [row.delivered_at is not None for row in endpoint.messages] == [True] * len(sessions)
        assert endpoint.row.rest_until is None


def test_a_slow_system_leaves_threads_to_others(shop: Shop, system: FaultyServer) -> None:
    """It has a backlog of older events, and confirms each at the last moment: others get theirs all the same."""
    release, half = threading.Event(), deliver_events.AT_ONCE // 2

    def wait(peer: Peer) -> None:
        release.wait(60)
        peer.send(http(b"ok"))

    other = created(shop, system.url)
    with FaultyServer(wait) as slow:
        endpoint = created(shop, slow.url)
        for _ in range(deliver_events.AT_ONCE + 3):
            endpoint.post("test")
        delivering = threading.Thread(target=shop.engine.work, args=(deliver_events.HANDLER,))
        delivering.start()
        try:
            until(lambda: len(slow.requests) == half, "as many as one endpoint may have in flight")
            other.post("test")
            shop.engine.work(deliver_events.HANDLER)
            until(lambda: system.requests, "the event of the other endpoint")
            assert len(slow.requests) == half
        finally:
            release.set()
            delivering.join(60)
        assert len(slow.requests) == deliver_events.AT_ONCE + 3
