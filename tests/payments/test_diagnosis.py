"""Explanations of what a row waits for, who has to act next, and what to do."""

from datetime import timedelta
from typing import Any

import pytest

from pitturu.domain import clock
from pitturu.domain.cancellation import CancelStage
from pitturu.domain.errors import NotFound
from pitturu.domain.jobs import JobName
from pitturu.domain.work import NextActor, Stuck
from pitturu.payments import diagnosis, replay
from pitturu.payments.explanations import Explanation
from pitturu.payments.row_kinds import By
from pitturu.registry import REGISTRY
from pitturu.store import dead_letters
from pitturu.store.base import Keyed
from pitturu.store.dead_letters import Wanted
from pitturu.store.reconciliations import ReconciliationRun
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")
HOUR = timedelta(hours=1)

UNKNOWN = {"session_key": None, "user_username": None, "generation": "v1", "verdict": "order_differs"}
"""A payment of an order that was never issued here."""


def explain(row: Keyed) -> Explanation:
    return diagnosis.explain(REGISTRY, row)


def ago(by: timedelta = HOUR) -> Any:
    return clock.now() - by


SESSIONS: list[tuple[dict[str, Any], str, NextActor]] = [
    ({"status": "prepared"}, "the buyer, who may pay until", NextActor.BUYER),
    ({"status": "awaiting_deposit"}, "the buyer's deposit, until", NextActor.BUYER),
    ({"status": "verifying", "due": HOUR}, "its next request to PortOne", NextActor.WORKER),
    ({"status": "verifying", "due": -HOUR}, "a worker, since", NextActor.WORKER),
    ({"status": "verifying", "due": HOUR, "attempts": 1}, "a worker is doing it", NextActor.WORKER),
    ({"status": "verifying", "due": HOUR, "attempts": 2, "last_error": "502"}, "its next try at", NextActor.PORTONE),
    ({"status": "verifying", "due": HOUR, "dead": HOUR}, "is still tried", NextActor.OPERATOR),
    ({"status": "expired"}, "nothing", NextActor.NOBODY),
    ({"status": "expired", "due": HOUR}, "PortOne is asked once more", NextActor.NOBODY),
    ({"status": "mismatched"}, "nothing: the mismatched payment is refunded", NextActor.NOBODY),
]


@pytest.mark.parametrize(("row", "text", "next_actor"), SESSIONS, ids=[f"{row} {text}" for row, text, _ in SESSIONS])
def test_explanations_of_sessions(row: dict[str, Any], text: str, next_actor: NextActor) -> None:
    changes = dict(row)
    due, dead = changes.pop("due", None), changes.pop("dead", None)
    changes |= {"due_at": clock.now() + due, "next_job": JobName.VERIFY} if due else {}
    changes |= {"dead_at": ago(dead)} if dead else {}

    explained = explain(rows.session(**changes))
    assert text in explained.waits_for
    assert explained.next_actor == next_actor
    assert explained.todo.endswith(".")


CANCELS: list[tuple[dict[str, Any], str, NextActor]] = [
    ({"stage": CancelStage.REQUESTED}, "a worker, since", NextActor.WORKER),
    (
        {"stage": CancelStage.SENT, "due_at": None, "dead_at": True},
        "asking PortOne for the outcome of the cancel",
        NextActor.OPERATOR,
    ),
    (
        {"stage": CancelStage.REQUESTED, "due_at": None, "dead_at": True},
        "sending the cancel to PortOne",
        NextActor.OPERATOR,
    ),
    ({"stage": CancelStage.NEEDS_ACCOUNT, "due_at": None}, "the account to refund to", NextActor.OPERATOR),
    ({"stage": CancelStage.SUCCEEDED, "due_at": None}, "nothing: the money was refunded", NextActor.NOBODY),
    (
        {"stage": CancelStage.SUCCEEDED, "due_at": None, "kind": "revoke", "amount": 0},
        "nothing: the virtual account accepts no deposit any more",
        NextActor.NOBODY,
    ),
    (
        {"stage": CancelStage.REFUSED, "due_at": None, "refusal": "한도 초과"},
        "the PG refused it (한도 초과)",
        NextActor.BUYER,
    ),
    ({"stage": CancelStage.REFUSED, "due_at": None, "origin": "system"}, "the PG refused it", NextActor.OPERATOR),
]


@pytest.mark.parametrize(("row", "text", "next_actor"), CANCELS, ids=[text for _, text, _ in CANCELS])
def test_explanations_of_cancels(row: dict[str, Any], text: str, next_actor: NextActor) -> None:
    _, money = rows.purchase()
    changes = row | ({"dead_at": ago()} if row.get("dead_at") else {})

    explained = explain(rows.cancellation(money, **changes))
    assert text in explained.waits_for
    assert explained.next_actor == next_actor


@pytest.mark.parametrize(("kind", "amount", "text"), [("refund", 1, "money"), ("revoke", 0, "virtual account")])
def test_the_explanation_of_a_refused_cancel_names_its_kind(kind: str, amount: int, text: str) -> None:
    _, money = rows.purchase()
    refused = rows.cancellation(money, kind=kind, amount=amount, stage=CancelStage.REFUSED, refusal="no", due_at=None)

    assert explain(refused).todo.startswith(f"If the {text} is still to ")


def test_the_explanation_of_a_cancel_names_the_earlier_cancel_it_waits_for() -> None:
    _, money = rows.purchase()
    earlier = rows.cancellation(money, amount=1, stage=CancelStage.SENT)
    later = rows.cancellation(money, amount=2)

    assert earlier.cancellation_id in explain(later).waits_for
    assert earlier.cancellation_id in explain(later).todo


WEBHOOKS: list[tuple[dict[str, Any], str, NextActor]] = [
    ({}, "a worker, since", NextActor.WORKER),
    ({"due_at": None, "dead_at": True}, "its tries ran out", NextActor.OPERATOR),
    ({"due_at": None, "state": "done"}, "covers it was applied", NextActor.NOBODY),
    ({"due_at": None, "state": "ignored"}, "it is of no payment", NextActor.NOBODY),
    ({"due_at": None, "state": "orphaned"}, "its order number is unknown", NextActor.OPERATOR),
]


@pytest.mark.parametrize(("row", "text", "next_actor"), WEBHOOKS, ids=[text for _, text, _ in WEBHOOKS])
def test_explanations_of_webhooks(row: dict[str, Any], text: str, next_actor: NextActor) -> None:
    explained = explain(rows.delivery(**row | ({"dead_at": ago()} if row.get("dead_at") else {})))

    assert text in explained.waits_for
    assert explained.next_actor == next_actor


def test_explanations_of_payments() -> None:
    of, money = rows.purchase()
    assert explain(money).waits_for == "nothing: it is paid and kept"

    cancel = rows.cancellation(money)
    assert cancel.cancellation_id in explain(money).waits_for

    cancel.stage = CancelStage.REFUSED
    money.verdict = "late"
    assert explain(money).waits_for == "an operator: it is late, and 2000 KRW were not refunded"

    assert explain(rows.payment(of, verdict=None, paid_at=None, status="failed")).next_actor == NextActor.NOBODY
    waiting = rows.payment(of, verdict=None, paid_at=None, status="awaiting_deposit")
    assert explain(waiting).next_actor == NextActor.BUYER


def test_a_session_is_explained_with_its_payments_cancels_and_webhooks() -> None:
    of, money = rows.purchase()
    cancel = rows.cancellation(money)
    webhook = rows.delivery(merchant_uid=of.merchant_uid)
    rows.delivery(merchant_uid=of.merchant_uid, state="done", due_at=None)

    found = [one.id for one in diagnosis.why(REGISTRY, of.merchant_uid)]
    assert found == [of.session_id, money.payment_id, cancel.cancellation_id, str(webhook.id)]
    assert diagnosis.why(REGISTRY, str(webhook.id).upper())[0].id == str(webhook.id)
    assert diagnosis.why(REGISTRY, money.imp_uid)[0].id == money.payment_id


def test_an_unknown_id() -> None:
    with pytest.raises(NotFound, match="No row has this id"):
        diagnosis.why(REGISTRY, "nothing")


def test_since_is_when_the_status_last_changed() -> None:
    of, _ = rows.purchase()
    rows.event(of, from_status="paid", to_status="cancelled", at=ago())
    rows.event(of, kind="money", at=clock.now() + HOUR)

    assert explain(of).since <= clock.now()


def test_comparisons_and_refunds_of_unknown_payments_are_explained(work: UnitOfWork) -> None:
    window = {"since": ago(), "until": clock.now(), "generations": "v1", "asked_by": "schedule"}
    comparison = rows.add(ReconciliationRun(**window, walk="ours", dead_at=ago()))
    payment = rows.payment(rows.session(), **UNKNOWN)
    refund = rows.cancellation(payment, session_key=None, origin="system", name=None, dead_at=ago(), due_at=None)

    (explained,) = diagnosis.why(REGISTRY, comparison.comparison_id)
    assert "reading PortOne's lists failed" in explained.waits_for
    (explained,) = diagnosis.why(REGISTRY, refund.cancellation_id)
    assert (explained.status, explained.next_actor) == ("requested", NextActor.OPERATOR)
    assert "sending the cancel to PortOne" in explained.waits_for
    assert set(replay.replay_dead(work, REGISTRY, Wanted(), 10, By("kim", None)).done) == {
        comparison.comparison_id,
        refund.cancellation_id,
    }
    assert comparison.dead_at is None
    assert dead_letters.count(REGISTRY.row_kinds, Wanted(reason=Stuck.DEAD))["cancellation", Stuck.DEAD] == 0


def test_a_refused_refund_of_an_unknown_order_is_made_in_the_console() -> None:
    payment = rows.payment(rows.session(), **UNKNOWN)
    refused = {"stage": "refused", "refusal": "no", "due_at": None, "session_key": None, "origin": "system"}
    refund = rows.cancellation(payment, **refused, name=None)
    for name in (payment.imp_uid, refund.cancellation_id):
        assert "in PortOne's console" in diagnosis.why(REGISTRY, name)[0].todo
