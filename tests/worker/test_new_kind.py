"""A new kind of work needs only its registration: rows of a handler that is passed to `create_app` are worked on,
listed, counted, explained and replayed like the others."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from celery import Celery
from flask import Flask
from redis import Redis
from sqlalchemy import delete

from devstack import Valkey
from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.work import NextActor, Stuck
from pitturu.extensions import db
from pitturu.payments import diagnosis, replay
from pitturu.payments.handler_registry import HandlerRegistry
from pitturu.payments.row_kinds import By
from pitturu.registry import HANDLERS
from pitturu.services import services_of
from pitturu.store import dead_letters
from pitturu.store.dead_letters import Wanted
from pitturu.store.unit_of_work import unit_of_work
from tests.fake_portone import PortOne
from tests.monitoring.test_metrics import numbers
from tests.shop import Shop
from tests.worker import celery_worker, toy
from tests.worker.toy import Toy, ToyTables

BY = By("kim", "request-1")
WITHOUT_REPLAY = replace(toy.HANDLER, rows=replace(toy.TOYS, replay=None))


@pytest.fixture(scope="module")
def toy_app(settings: Settings, valkey: Valkey) -> Iterator[Flask]:
    """An app with the additional kind of work."""
    made = create_app(replace(settings, redis_url=valkey.url), more_work=(toy.HANDLER,))
    with made.app_context():
        ToyTables.metadata.create_all(db.engine)
    yield made
    with made.app_context():
        ToyTables.metadata.drop_all(db.engine)
        db.engine.dispose()


@pytest.fixture
def work(worker_app: Flask, toy_app: Flask) -> Flask:
    """That app over empty tables and an empty Redis."""
    with toy_app.app_context(), unit_of_work() as unit:
        unit.session.execute(delete(Toy))
    return toy_app


@pytest.fixture
def celery(work: Flask) -> Celery:
    """Its Celery."""
    return work.extensions["celery"]


@pytest.fixture
def redis(work: Flask) -> Redis:
    """Its Redis."""
    return services_of(work).redis


@pytest.fixture
def operator(work: Flask, portone: PortOne) -> Shop:
    """That app with an operator."""
    shop = Shop(work, portone)
    shop.login("operator", "admin")
    return shop


def add(app: Flask, label: str, **changes: Any) -> None:
    """A toy that is due."""
    with app.app_context(), unit_of_work() as unit:
        unit.session.add(Toy(**{"label": label, "due_at": clock.now(), "made_at": clock.now()} | changes))


def lengths(app: Flask) -> dict[str, int | None]:
    with app.app_context():
        return {row.label: row.length for row in db.session.query(Toy)}


def sweep_and_serve(celery: Celery, app: Flask) -> list[str]:
    """Do what beat and a worker do. Returns the tasks that were run."""
    celery_worker.sweep(celery)
    return celery_worker.serve(celery, services_of(app).publisher)


def terminal(app: Flask, *words: str) -> str:
    """The output of `flask pitturu WORDS`."""
    return app.test_cli_runner().invoke(args=["pitturu", *words]).output


def test_it_is_swept_queued_claimed_asked_and_applied(celery: Celery, redis: Redis, work: Flask) -> None:
    add(work, "bear")
    celery_worker.sweep(celery)
    assert celery_worker.waiting(redis) == {"refunds": 1}
    assert celery_worker.serve(celery, services_of(work).publisher) == ["toys.measure"]
    assert lengths(work) == {"bear": 4}


def test_a_row_waits_for_the_earlier_row(celery: Celery, work: Flask) -> None:
    add(work, "broken first", box=1, number=1)
    add(work, "second", box=1, number=2)
    add(work, "other", box=2, number=3)
    sweep_and_serve(celery, work)
    assert lengths(work) == {"broken first": None, "second": None, "other": 5}
    assert celery_worker.waiting(services_of(work).redis) == {}
    assert numbers(work)["pitturu_due_rows", "toys"] == 0


def test_it_is_counted(celery: Celery, work: Flask) -> None:
    add(work, "bear")
    add(work, "doll", lost=True, due_at=None)
    found = numbers(work)
    assert found["pitturu_due_rows", "toys"] == 1
    assert found["pitturu_oldest_due_seconds", "toys"] >= 0
    assert (found["pitturu_attention", "lost_toys"], found["pitturu_attention", "dead_toys"]) == (1, 0)

    add(work, "broken")
    sweep_and_serve(celery, work)
    assert work.test_client().get("/readyz").json["attention"]["dead_toys"] == 1


def test_stuck_rows_are_listed_and_explained(celery: Celery, work: Flask) -> None:
    add(work, "broken")
    add(work, "doll", lost=True, due_at=None)
    sweep_and_serve(celery, work)

    registry = services_of(work).registry
    with work.app_context():
        assert dead_letters.count(registry.row_kinds, Wanted("toy")) == {
            ("toy", Stuck.DEAD): 1,
            ("toy", Stuck.ORPHANED): 1,
        }
        listed = dead_letters.page(registry.row_kinds, Wanted("toy", Stuck.DEAD), 10)
        (found,) = diagnosis.of_stuck(registry, listed)
        assert diagnosis.why(registry, "broken") == [found]
    assert (found.kind, found.id, found.last_error) == ("toy", "broken", "It is in two pieces.")
    assert found.next_actor is NextActor.OPERATOR
    assert "measuring the toy failed" in found.waits_for


def test_the_command_line_lists_explains_and_replays_it(celery: Celery, work: Flask) -> None:
    add(work, "broken")
    sweep_and_serve(celery, work)
    assert terminal(work, "dead") == terminal(work, "why", "broken")
    assert terminal(work, "dead").startswith("toy broken: new since")
    assert terminal(work, "replay", "broken") == "broken is due again.\n"
    assert celery_worker.serve(celery, services_of(work).publisher) == ["toys.measure"]
    assert terminal(work, "replay", "--all") == "Rows that are due again: 1\n"


def test_the_api_lists_explains_and_replays_it(celery: Celery, work: Flask, operator: Shop) -> None:
    add(work, "broken")
    sweep_and_serve(celery, work)
    listed = operator.get("/operations/dead", "operator")
    assert (listed["total"], listed["items"][0]["kind"]) == (1, "toy")
    (explained,), (case,) = operator.get("/operations/why/broken", "operator")["items"], listed["items"]
    assert explained == {name: case[name] for name in explained}
    assert (case["reason"], case["actions"]) == ("dead", ["replay", "acknowledge"])
    assert operator.post("/operations/replay", {"all": True}, "operator")["replayed"] == ["broken"]
    assert operator.post("/operations/replay", {"ids": ["broken"]}, "operator")["replayed"] == []


def test_a_row_that_cannot_be_replayed_is_skipped_with_the_reason(celery: Celery, work: Flask) -> None:
    add(work, "broken")
    sweep_and_serve(celery, work)
    registry = HandlerRegistry([WITHOUT_REPLAY])
    with work.app_context(), unit_of_work() as unit:
        assert replay.count_dead(registry, Wanted()) == 0
        assert replay.replay_dead(unit, registry, Wanted(), 10, BY).done == []
        result = replay.replay(unit, registry, ["broken"], BY)
    assert result.done == []
    assert result.left_alone["broken"].startswith("It waits for an operator: measuring the toy failed")


@pytest.mark.parametrize("handlers", [(toy.HANDLER, toy.HANDLER), (toy.HANDLER, replace(WITHOUT_REPLAY, name="other"))])
def test_a_name_and_a_table_are_registered_once(handlers: Sequence[Any]) -> None:
    with pytest.raises(ValueError, match="same"):
        HandlerRegistry([*HANDLERS, *handlers])
