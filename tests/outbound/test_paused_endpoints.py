"""Endpoints that were paused, by themselves or by an operator, get what they missed when resumed; and replays."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.outbound import deliver_events, endpoints, fan_out, measurements
from pitturu.outbound.measurements import Subject
from pitturu.services import services_of
from pitturu.store.event_endpoints import EventEndpoint
from pitturu.store.outbound import OutboundMessage
from pitturu.store.shop_events import ShopEvent
from tests.outbound.events import ADMIN, Endpoint, created, deliveries_of, received
from tests.portone.faulty_server import FaultyServer, http, says
from tests.shop import Shop
from tests.shop_events import events_of
from tests.waiting import another_waits, until

Turn = Callable[[timedelta], None]
OK, BROKEN, NO_MORE = says(http(b"ok")), says(http(b"", 500)), says(http(b"", 410))
HOUR = timedelta(hours=1)


def pause(endpoint: Endpoint) -> None:
    """An operator pauses it."""
    client, headers = endpoint.shop.client, endpoint.shop.login(ADMIN)
    assert client.patch(f"/api/v1{endpoint.path}", json={"enabled": False}, headers=headers).status_code == 200


def work_on(shop: Shop, kind: str) -> None:
    """One kind of work is done, and no other."""
    for handler in shop.engine.handlers:
        if handler.name == kind:
            shop.engine.work(handler)


def test_410_pauses_at_once_and_resuming_sends_what_was_missed(shop: Shop, system: FaultyServer, turn: Turn) -> None:
    endpoint = created(shop, system.url)
    system.behaviour = NO_MORE
    first = shop.paid()
    assert (endpoint.row.enabled, endpoint.row.gone) == (False, True)
    turn(timedelta(minutes=1))
    second = shop.paid()
    shop.cancel(second)
    shop.drain()
    assert received(system) == ["payment.paid"]
    listed = shop.get("/event-endpoints", ADMIN)["items"][0]
    assert (listed["enabled"], listed["paused_reason"]) == (False, "It answered HTTP 410: it wants no more events.")
    system.behaviour = OK
    system.requests.clear()
    assert endpoint.post("resume")["replayed"] == {"replayed": 3, "next": None}
    shop.drain()
    wanted = {one.event_id for session in (first, second) for one in events_of(shop, session)}
    assert deliveries_of(system) == dict.fromkeys(wanted, 1)


def test_410_while_the_endpoint_is_locked_loses_no_event(shop: Shop, system: FaultyServer, turn: Turn) -> None:
    """The endpoint cannot be paused while messages are being made for it, so the event must not die before it is."""
    endpoint = created(shop, system.url)
    system.behaviour = NO_MORE
    with shop.app.app_context(), db.engine.connect() as another, another.begin():
        another.execute(select(EventEndpoint.id).with_for_update(read=True))
        shop.paid()
    assert (endpoint.row.enabled, [message.dead_at for message in endpoint.messages]) == (True, [None])
    turn(timedelta(minutes=1))
    shop.drain()
    assert (endpoint.row.enabled, endpoint.row.gone) == (False, True)


def test_an_endpoint_that_takes_nothing_for_days_is_paused(shop: Shop, system: FaultyServer, turn: Turn) -> None:
    endpoint = created(shop, system.url)
    system.behaviour = BROKEN
    session = shop.paid()
    for _ in range(40):
        turn(2 * HOUR)
        shop.drain()
    row = endpoint.row
    assert (row.enabled, row.gone) == (False, True)
    assert "It took no event for 3 days" in str(row.paused_reason)
    assert len(system.requests) < 140
    system.behaviour = OK
    system.requests.clear()
    endpoint.post("resume")
    shop.drain()
    assert list(deliveries_of(system)) == [one.event_id for one in events_of(shop, session)]


def test_an_endpoint_that_an_operator_pauses_and_resumes(shop: Shop, system: FaultyServer) -> None:
    endpoint = created(shop, system.url)
    session = shop.open()
    shop.verify(session, shop.pay(session))
    pause(endpoint)
    shop.drain()
    assert received(system) == []
    assert endpoint.post("replay", {"since": "2026-01-01T00:00:00Z"}, status=409)["code"] == "endpoint_paused"
    endpoint.post("resume")
    shop.drain()
    assert received(system) == ["payment.paid"]
    assert not endpoint.row.gone


def test_an_event_of_before_the_pause_whose_message_was_not_made_yet(
    shop: Shop, system: FaultyServer, turn: Turn
) -> None:
    """It happened before the pause, and its message would be made during it: resuming sends it, once."""
    endpoint = created(shop, system.url)
    session = shop.open()
    shop.verify(session, shop.pay(session))
    work_on(shop, "payments.verify")
    (event,) = events_of(shop, session)
    assert event.due_at is not None
    turn(timedelta(seconds=2))
    pause(endpoint)
    shop.drain()
    assert [(one["event_id"], one["status"]) for one in endpoint.deliveries()] == [(event.event_id, "withdrawn")]
    assert endpoint.post("resume")["replayed"] == {"replayed": 1, "next": None}
    shop.drain()
    assert deliveries_of(system) == {event.event_id: 1}


def test_an_event_that_is_fanned_out_while_the_endpoint_is_resumed(shop: Shop, system: FaultyServer) -> None:
    """Resuming waits for the message that is made of it, and sends it."""
    endpoint = created(shop, system.url)
    session = shop.open()
    shop.verify(session, shop.pay(session))
    work_on(shop, "payments.verify")
    pause(endpoint)
    resuming = threading.Thread(target=endpoint.post, args=("resume",))
    with shop.engine.transaction() as work:
        (claimed,) = fan_out.HANDLER.claim(shop.engine.context, work, 1)
        fan_out.HANDLER.apply(shop.engine.context, work, claimed, claimed.keys)
        work.flush()
        resuming.start()
        until(lambda: another_waits(work) or not resuming.is_alive(), "the operator waits")
    resuming.join(60)
    shop.drain()
    assert list(deliveries_of(system)) == [one.event_id for one in events_of(shop, session)]


def test_an_event_that_was_claimed_before_the_endpoint_was_resumed(shop: Shop, system: FaultyServer) -> None:
    """The worker knows the endpoint as paused, and finds it resumed when it commits: the event is sent."""
    endpoint = created(shop, system.url)
    system.behaviour = BROKEN
    session = shop.paid()
    pause(endpoint)
    shop.set(OutboundMessage, due_at=clock.now())
    with shop.engine.transaction() as work:
        (claimed,) = deliver_events.HANDLER.claim(shop.engine.context, work, 5)
    outcome = deliver_events.HANDLER.ask(shop.engine.context, claimed)
    system.behaviour = OK
    system.requests.clear()
    endpoint.post("resume")
    with shop.engine.transaction() as work:
        deliver_events.HANDLER.prefetch(work, [claimed])
        deliver_events.HANDLER.apply(shop.engine.context, work, claimed, outcome)
    shop.drain()
    assert list(deliveries_of(system)) == [one.event_id for one in events_of(shop, session)]


def test_more_than_one_resume_sends(shop: Shop, system: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Resuming again goes on, without sending twice what was delivered."""
    endpoint = created(shop, system.url)
    pause(endpoint)
    sessions = [shop.paid() for _ in range(3)]
    monkeypatch.setattr(endpoints, "MOST_REPLAYED", 2)
    first = endpoint.post("resume")["replayed"]
    assert (first["replayed"], first["next"] is None) == (2, False)
    shop.drain()
    assert endpoint.post("resume")["replayed"] == {"replayed": 1, "next": None}
    shop.drain()
    assert deliveries_of(system) == {events_of(shop, session)[0].event_id: 1 for session in sessions}


def test_replay_of_one_and_since_a_moment(shop: Shop, system: FaultyServer, turn: Turn) -> None:
    endpoint = created(shop, system.url)
    first = shop.paid()
    turn(timedelta(minutes=1))
    moment = clock.now()
    second = shop.paid()
    (one,), (two,) = (events_of(shop, session) for session in (first, second))
    assert endpoint.post("replay", {"event_ids": [one.event_id]}) == {"replayed": 1, "next": None}
    shop.drain()
    assert deliveries_of(system) == {one.event_id: 2, two.event_id: 1}
    assert endpoint.post("replay", {"since": moment.isoformat()}) == {"replayed": 1, "next": None}
    shop.drain()
    assert deliveries_of(system) == {one.event_id: 2, two.event_id: 2}


def test_a_replay_leaves_what_is_tried_anyway(shop: Shop, system: FaultyServer) -> None:
    """Or it would be sent by two workers at once, and never run out of tries."""
    endpoint = created(shop, system.url)
    system.behaviour = BROKEN
    (event,) = events_of(shop, shop.paid())
    before = [(row.due_at, row.attempts) for row in endpoint.messages]
    assert endpoint.post("replay", {"event_ids": [event.event_id]}) == {"replayed": 0, "next": None}
    assert [(row.due_at, row.attempts) for row in endpoint.messages] == before


def test_an_endpoint_that_is_gone_is_an_alert(shop: Shop, system: FaultyServer) -> None:
    endpoint = created(shop, system.url)
    system.behaviour = NO_MORE
    shop.paid()
    with shop.app.app_context():
        measured = measurements.gone_endpoints(Subject(services_of(shop.app).settings, ()))
    assert measured.value == 1
    assert endpoint.endpoint_id in measured.detail
    endpoint.post("resume")
    with shop.app.app_context():
        assert measurements.gone_endpoints(Subject(services_of(shop.app).settings, ())).value == 0


def test_an_event_whose_messages_could_not_be_made_is_listed_and_replayed(shop: Shop, system: FaultyServer) -> None:
    """Its lease is given back with the error; after the last try it waits for an operator."""
    endpoint = created(shop, system.url)
    session = shop.open()
    shop.verify(session, shop.pay(session))
    work_on(shop, "payments.verify")
    with shop.engine.transaction() as work:
        (claimed,) = fan_out.HANDLER.claim(shop.engine.context, work, 1)
    shop.set(ShopEvent, attempts=fan_out.PATIENT.attempts)
    with shop.engine.transaction() as work:
        fan_out.HANDLER.postpone(work, claimed, "the disk is full")
    (event,) = events_of(shop, session)
    (listed,) = shop.get("/operations/dead?kind=event", ADMIN)["items"]
    assert (listed["id"], listed["last_error"]) == (event.event_id, "the disk is full")
    assert shop.post("/operations/replay", {"ids": [event.event_id]}, ADMIN)["replayed"] == [event.event_id]
    shop.drain()
    assert received(system) == ["payment.paid"]
    assert shop.get(f"/operations/why/{event.event_id}", ADMIN)["items"][0]["turn"] == "nobody"
    assert [one["status"] for one in endpoint.deliveries()] == ["delivered"]
