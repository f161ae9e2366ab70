"""A worker dies during a call to PortOne. Another one completes its work, and nothing happens twice."""

import pytest

from tests.journeys.generations import V2_ONLY
from tests.journeys.processes.buyer import Buyer, Json
from tests.journeys.processes.consistency import quiet
from tests.system import System
from tests.waiting import until

OVERDUE = "UPDATE payment_sessions SET expires_at = now(), due_at = now() WHERE session_id = %s"
"""The clock is advanced to the deadline, for one session."""

BEFORE = {
    "prepare": "created",
    "verify": "verifying",
    "webhook": "prepared",
    "expire": "prepared",
    "cancel, not executed yet": "paid",
    "cancel, executed already": "paid",
}
AFTER = {
    "prepare": "prepared",
    "verify": "paid",
    "webhook": "paid",
    "expire": "expired",
    "cancel, not executed yet": "partially_cancelled",
    "cancel, executed already": "cancelled",
}


@pytest.mark.parametrize("generation", ["v1", "v2"], indirect=True)
def test_a_worker_killed_in_the_middle_of_every_kind_of_work(system: System, buyer: Buyer) -> None:
    buyers = {name: Buyer(system.url, system.portone, generation=buyer.generation) for name in AFTER}
    sessions = {name: buyers[name].prepared() for name in ("verify", "webhook", "expire")}
    sessions |= {name: buyers[name].paid(quantity=2) for name in AFTER if name.startswith("cancel")}
    attempts = {name: buyers[name].pay_without_webhook(sessions[name]) for name in ("verify", "webhook")}
    quiet(system)
    system.portone.faults(*stuck_calls(sessions))

    system.rows(OVERDUE, sessions["expire"]["session_id"])
    sessions["prepare"] = buyers["prepare"].open()
    buyers["verify"].verify(sessions["verify"], attempts["verify"])
    buyers["webhook"].webhook(sessions["webhook"], attempts["webhook"])
    buyers["cancel, not executed yet"].cancel(sessions["cancel, not executed yet"], quantity=1)
    buyers["cancel, executed already"].cancel(sessions["cancel, executed already"])
    until(lambda: all(fault["struck"] for fault in faults(system, "hang")), "all six calls are under way")
    system.kill("worker")

    assert {name: buyers[name].session(sessions[name])["status"] for name in BEFORE} == BEFORE
    system.start("worker")
    for name, status in AFTER.items():
        buyers[name].wait_for(sessions[name], status)
    quiet(system)
    ledger = system.portone.ledger()
    cancels = {name: len(ledger[sessions[name]["imp_uid"]]["cancels"]) for name in AFTER if name.startswith("cancel")}
    assert cancels == {"cancel, not executed yet": 1, "cancel, executed already": 1}
    assert sum(each.owned() for each in buyers.values()) == 3


@V2_ONLY
def test_a_worker_frozen_beyond_its_lease_does_no_harm_when_it_resumes(system: System, buyer: Buyer) -> None:
    session = buyer.paid(quantity=2)
    quiet(system)
    place = system.end_of_log()
    system.portone.faults({"kind": "latency", "endpoint": "payments.cancel", "seconds": 2, "times": 1})
    buyer.cancel(session, quantity=1)
    until(lambda: faults(system, "latency")[0]["struck"], "the cancel is under way")

    with system.frozen("worker"), system.another("worker"):
        buyer.wait_for(session, "partially_cancelled")
        quiet(system)
    until(lambda: 'cancel", "subject"' in system.said_since(place), "the first worker hears its answer")

    quiet(system)
    assert buyer.payment(session)["cancelled_amount"] == session["amount"] // 2
    assert len(system.portone.ledger()[session["imp_uid"]]["cancels"]) == 1


def stuck_calls(sessions: dict[str, Json]) -> list[Json]:
    """A fault for each kind of work, which holds the first call about its session and no other one."""

    def stuck(kind: str, endpoint: str, session: Json | None = None) -> Json:
        whose = {"merchant_uid": session["merchant_uid"], "imp_uid": session["imp_uid"]} if session else {}
        return {"kind": kind, "endpoint": endpoint, "seconds": 30, "times": 1, **whose}

    return [
        stuck("hang_after", "prepare.create"),
        *(stuck("hang", "payments.findAll", sessions[name]) for name in ("verify", "webhook", "expire")),
        stuck("hang", "payments.cancel", sessions["cancel, not executed yet"]),
        stuck("hang_after", "payments.cancel", sessions["cancel, executed already"]),
        # Nobody shall hear of a cancel in another way before its worker is dead.
        {"kind": "webhook_loss", "endpoint": "webhook.cancelled"},
    ]


def faults(system: System, kind: str) -> list[Json]:
    """The faults in force whose kind begins so."""
    found: list[Json] = system.portone.control("GET", "faults")["faults"]
    return [fault for fault in found if fault["kind"].startswith(kind)]
