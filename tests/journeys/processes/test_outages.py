"""Outages of parts of the system. Requests of buyers and PortOne are accepted meanwhile, and all work is done later."""

import pytest
import redis
import requests

from tests.journeys.generations import V1_ONLY
from tests.journeys.processes.buyer import Buyer
from tests.journeys.processes.consistency import quiet
from tests.system import System
from tests.waiting import until

pytestmark = V1_ONLY


@pytest.mark.parametrize("away", ["valkey", "simulator", "worker", "beat"])
def test_requests_are_accepted_during_an_outage_and_their_work_is_done(system: System, buyer: Buyer, away: str) -> None:
    verified, announced = buyer.prepared(), buyer.prepared()
    attempts = buyer.pay_without_webhook(verified), buyer.pay_without_webhook(announced)
    quiet(system)
    system.kill(away)

    opened = buyer.open()
    buyer.verify(verified, attempts[0])
    assert buyer.webhook(announced, attempts[1]).status_code == 200
    assert buyer.send("POST", f"/payments/sessions/{opened['session_id']}/prepare", {}).status_code == 202

    system.start(away)
    buyer.wait_for(verified, "paid")
    buyer.wait_for(announced, "paid")
    buyer.wait_for(opened, "prepared")
    assert buyer.owned() == 2


def test_a_hanging_redis_does_not_block_purchases(system: System, buyer: Buyer) -> None:
    verified = buyer.prepared()
    imp_uid = buyer.pay_without_webhook(verified)
    others = [Buyer(system.url, system.portone) for _ in range(5)]
    with system.frozen("valkey-server"):
        opened = [(other, other.open()) for other in others]
        buyer.verify(verified, imp_uid)
        assert buyer.webhook(verified, imp_uid).status_code == 200

    buyer.wait_for(verified, "paid")
    for other, session in opened:
        other.wait_for(session, "prepared")


def test_work_that_redis_lost_is_found_by_the_sweep(system: System, buyer: Buyer) -> None:
    system.stop("worker")
    session = buyer.open()
    with redis.Redis.from_url(system.environment.environ["REDIS_URL"]) as memory:
        until(lambda: memory.keys("*buyers*"), "the wake-up is queued")
        memory.flushall()

    system.start("worker")

    buyer.wait_for(session, "prepared")


def test_processes_that_start_before_redis_wait_for_it(system: System, buyer: Buyer) -> None:
    system.stop("worker", "beat", "web")
    system.kill("valkey")

    system.start("worker", "beat", "web")
    session = buyer.open()
    system.start("valkey")

    buyer.wait_for(session, "prepared")


def test_a_dead_database_is_reported_and_all_processes_reconnect(system: System, buyer: Buyer) -> None:
    session = buyer.prepared()
    imp_uid = buyer.pay_without_webhook(session)
    system.kill("postgres")

    for answer in (
        buyer.send("GET", "/items"),
        buyer.send("GET", f"/payments/sessions/{session['session_id']}?wait=5"),
        buyer.send("POST", "/payments/verify", {"merchant_uid": session["merchant_uid"]}),
        buyer.webhook(session, imp_uid),
    ):
        assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.json()["code"] == "database_away"
    assert requests.get(f"{system.url}/healthz", timeout=5).status_code == 200
    assert not system.ready()

    system.start("postgres")
    buyer.patient = True
    buyer.verify(session, imp_uid)
    buyer.wait_for(session, "paid")
    until(system.ready, "everything is well again")
