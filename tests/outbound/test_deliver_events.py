"""Every event arrives at every endpoint that wants it, at least once, signed; none is blocked by another one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from pitturu.domain import clock
from pitturu.domain.shop_events import ShopEventType
from pitturu.outbound import deliver_events, fan_out
from pitturu.payments import shop_events as writer
from pitturu.services import services_of
from pitturu.store.outbound import OutboundMessage
from tests.outbound.events import ADMIN, created, deliveries_of, received, verified
from tests.portone.faulty_server import FaultyServer, Peer, http, says
from tests.shop import Shop
from tests.shop_events import events_of

Turn = Callable[[timedelta], None]
OK, BROKEN = says(http(b"ok")), says(http(b"", 500))
HOUR = timedelta(hours=1)


def test_a_purchase_arrives_signed(shop: Shop, system: FaultyServer) -> None:
    endpoint = created(shop, f"{system.url}/hook?shop=1")
    session = shop.paid()
    shop.cancel(session)
    shop.drain()
    assert sorted(received(system)) == ["payment.cancelled", "payment.paid"]
    stored = {one.event_id: one.payload for one in events_of(shop, session)}
    for request in system.requests:
        event = verified(request, endpoint.secret)
        assert event == stored[event["id"]]
        assert (request.method, request.target) == ("POST", "/hook?shop=1")
        assert request.headers["webhook-id"] == event["id"]
        assert (request.headers["content-type"], request.headers["user-agent"]) == ("application/json", "pitturu")
    assert sorted(event["sequence"] for event in stored.values()) == [1, 2]
    log = endpoint.deliveries()
    assert [(one["type"], one["status"], one["answer"]) for one in log] == [
        ("payment.cancelled", "delivered", "HTTP 200"),
        ("payment.paid", "delivered", "HTTP 200"),
    ]


def test_only_the_types_that_are_wanted(shop: Shop, system: FaultyServer) -> None:
    created(shop, system.url, "payment.cancelled")
    shop.cancel(shop.paid())
    shop.drain()
    assert received(system) == ["payment.cancelled"]


def test_nothing_from_before_the_endpoint(shop: Shop, system: FaultyServer) -> None:
    shop.paid()
    created(shop, system.url)
    shop.drain()
    assert received(system) == []


def test_a_rotated_secret_and_the_one_before_sign_for_a_day(shop: Shop, system: FaultyServer, turn: Turn) -> None:
    endpoint = created(shop, system.url)
    new = endpoint.post("rotate", status=200)["secret"]
    shop.paid()
    for secret in (endpoint.secret, new):
        assert verified(system.requests[0], secret)["type"] == "payment.paid"
    turn(timedelta(hours=25))
    shop.drain()
    system.requests.clear()
    endpoint.post("test")
    shop.drain()
    (request,) = system.requests
    at = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
    signature = Webhook(new).sign(request.headers["webhook-id"], at, request.body.decode())
    assert request.headers["webhook-signature"] == signature


@pytest.mark.parametrize("trouble", [BROKEN, Peer.reset, says(http(b"", 302, "Location: http://127.0.0.1:1/"))])
def test_what_is_not_confirmed_is_sent_again(
    shop: Shop, system: FaultyServer, turn: Turn, trouble: Callable[[Peer], None]
) -> None:
    """Refused, or lost with its answer, or redirected: the same id again, with a new timestamp."""
    endpoint = created(shop, system.url)
    system.behaviour = trouble
    shop.paid()
    assert [one["status"] for one in endpoint.deliveries()] == ["pending"]
    system.behaviour = OK
    turn(HOUR)
    shop.drain()
    assert list(deliveries_of(system).values()) == [2]
    assert [one["status"] for one in endpoint.deliveries()] == ["delivered"]
    assert endpoint.row.failing_since is None


def test_a_redirect_is_not_followed(shop: Shop, system: FaultyServer) -> None:
    with FaultyServer(OK) as inside:
        created(shop, system.url)
        system.behaviour = says(http(b"", 307, f"Location: {inside.url}/"))
        shop.paid()
        assert (len(system.requests), inside.connections) == (1, 0)


def test_a_dead_event_blocks_none_behind_it(shop: Shop, system: FaultyServer, turn: Turn) -> None:
    """Of one payment: its first event is refused each time, and the next one arrives all the same."""
    endpoint = created(shop, system.url)

    def refuse_paid(peer: Peer) -> None:
        peer.send(http(b"", 500 if b'"payment.paid"' in peer.request.body else 200))

    system.behaviour = refuse_paid
    session = shop.paid()
    shop.cancel(session)
    shop.drain()
    assert {one["type"]: one["status"] for one in endpoint.deliveries()} == {
        "payment.paid": "pending",
        "payment.cancelled": "delivered",
    }
    system.behaviour = OK
    turn(HOUR)
    shop.drain()
    assert {one["status"] for one in endpoint.deliveries()} == {"delivered"}


def test_a_worker_that_dies_is_replaced(shop: Shop, system: FaultyServer, turn: Turn) -> None:
    """In each of the two kinds of work."""
    endpoint = created(shop, system.url)
    session = shop.open()
    shop.verify(session, shop.pay(session))
    for handler in shop.engine.handlers:
        if handler.name == "payments.verify":
            shop.engine.work(handler)
    for handler in (fan_out.HANDLER, deliver_events.HANDLER):
        with shop.engine.transaction() as work:
            assert len(handler.claim(shop.engine.context, work, 5)) == 1
        shop.engine.work(handler)
        assert received(system) == []
        turn(services_of(shop.app).settings.lease)
        shop.engine.work(handler)
    assert received(system) == ["payment.paid"]
    assert len(endpoint.messages) == 1


def test_an_event_that_was_delivered_after_its_lease_is_not_sent_again(shop: Shop, system: FaultyServer) -> None:
    """Unless another worker has begun to."""
    endpoint = created(shop, system.url)
    endpoint.post("test")
    with shop.engine.transaction() as work:
        (claimed,) = deliver_events.HANDLER.claim(shop.engine.context, work, 5)
    outcome = deliver_events.HANDLER.ask(shop.engine.context, claimed)
    shop.set(OutboundMessage, due_at=clock.now())
    with shop.engine.transaction() as work:
        deliver_events.HANDLER.prefetch(work, [claimed])
        deliver_events.HANDLER.apply(shop.engine.context, work, claimed, outcome)
    shop.engine.work(deliver_events.HANDLER)
    assert ([row.status for row in endpoint.messages], len(system.requests)) == (["delivered"], 1)


def test_a_backlog_of_events_is_fanned_out_by_one_wake_up(
    shop: Shop, system: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many batches it takes: the next sweep would come seconds later, for each of them."""
    endpoint = created(shop, system.url)
    session = shop.paid()
    monkeypatch.setattr(fan_out, "BATCH", 1)
    with shop.engine.transaction() as work:
        for _ in range(5):
            writer.write(work, ShopEventType.DISCREPANCY_FOUND, work.lock_session(shop.row(session).id), None)
    shop.engine.work(fan_out.HANDLER)
    assert len(endpoint.messages) == 1 + 5


def test_a_deleted_endpoint_gets_nothing(shop: Shop, system: FaultyServer, turn: Turn) -> None:
    endpoint = created(shop, system.url)
    system.behaviour = BROKEN
    shop.paid()
    assert shop.client.delete(f"/api/v1{endpoint.path}", headers=shop.login(ADMIN)).status_code == 200
    system.requests.clear()
    turn(HOUR)
    shop.drain()
    assert system.requests == []
    assert [row.status for row in endpoint.messages] == ["withdrawn"]


def test_what_a_deleted_endpoint_refused_waits_for_nobody(shop: Shop, system: FaultyServer) -> None:
    endpoint = created(shop, system.url)
    system.behaviour = says(http(b"", 410))
    shop.paid()
    assert len(shop.get("/operations/dead?kind=message", ADMIN)["items"]) == 1
    shop.client.delete(f"/api/v1{endpoint.path}", headers=shop.login(ADMIN))
    assert shop.get("/operations/dead?kind=message", ADMIN)["items"] == []
    assert [row.status for row in endpoint.messages] == ["withdrawn"]


def test_an_event_that_is_fanned_out_twice_is_one_message(shop: Shop, system: FaultyServer) -> None:
    endpoint = created(shop, system.url)
    (event,) = events_of(shop, shop.paid())
    shop.set(type(event), due_at=clock.now())
    shop.drain()
    assert len(endpoint.messages) == len(system.requests) == 1
