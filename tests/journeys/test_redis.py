"""Redis only transports hints: without it, or after it lost all data, no request is refused and nothing is lost."""

import time
from collections.abc import Callable, Iterator

import pytest
from celery import Celery

from devstack import Valkey
from pitturu.services import services_of
from tests.servers import private_valkey
from tests.shop import Json, Shop
from tests.worker import celery_worker


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    """A Redis for fault injection."""
    with private_valkey() as running:
        yield running


@pytest.fixture
def shop(shop_with: Callable[..., Shop], valkey: Valkey) -> Iterator[Shop]:
    """A shop on that Redis, whose work is done by wake-ups alone."""
    valkey.start()
    shop = shop_with(redis_url=valkey.url)
    services_of(shop.app).redis.flushdb()
    yield shop
    shop.balance()


@pytest.fixture
def celery(shop: Shop) -> Celery:
    """The shop's queue."""
    return shop.app.extensions["celery"]


def serve(shop: Shop, celery: Celery) -> list[str]:
    """Do what wake-ups ask for."""
    return celery_worker.serve(celery, services_of(shop.app).publisher)


def until_swept(shop: Shop, celery: Celery, session: Json, status: str) -> None:
    """Beat and a worker go on; the publisher may still be pausing, so they get more than one chance."""
    end = time.monotonic() + 30
    while shop.session(session)["status"] != status:
        assert time.monotonic() < end, shop.session(session)
        celery_worker.sweep(celery)
        serve(shop, celery)


def test_wake_ups_alone_carry_a_purchase(shop: Shop, celery: Celery) -> None:
    session = shop.open(prepared=False)
    assert serve(shop, celery) == ["payments.prepare"]
    session = shop.session(session)
    assert session["status"] == "prepared"
    shop.verify(session, shop.pay(session))
    assert serve(shop, celery) == ["payments.verify"]
    shop.cancel(session)
    assert set(serve(shop, celery)) == {"payments.cancel"}
    assert shop.session(session)["status"] == "cancelled"


def test_redis_is_unavailable_during_requests(shop: Shop, celery: Celery, valkey: Valkey) -> None:
    item = shop.item(stock=3)
    paid, open_one = shop.paid(item), shop.open(item)
    serve(shop, celery)
    valkey.kill()

    fresh = shop.open(item, prepared=False)
    shop.verify(open_one, shop.pay(open_one))
    assert shop.webhook(paid, paid["imp_uid"]).status_code == 200
    shop.cancel(paid)
    assert [shop.session(session)["status"] for session in (fresh, open_one, paid)] == ["created", "verifying", "paid"]

    valkey.start()
    assert serve(shop, celery) == []
    for session, status in ((fresh, "prepared"), (open_one, "paid"), (paid, "cancelled")):
        until_swept(shop, celery, session, status)


def test_workers_work_while_redis_is_unavailable(shop: Shop, valkey: Valkey) -> None:
    """Nobody is woken then; what is due is done all the same."""
    session = shop.open()
    shop.verify(session, shop.pay(session))
    valkey.kill()
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_redis_loses_all_data(shop: Shop, celery: Celery) -> None:
    session = shop.open()
    shop.verify(session, shop.pay(session))
    redis = services_of(shop.app).redis
    services_of(shop.app).publisher.flush()
    assert celery_worker.waiting(redis)["buyers"] > 0
    redis.flushdb()
    assert serve(shop, celery) == []
    assert shop.session(session)["status"] == "verifying"
    until_swept(shop, celery, session, "paid")
