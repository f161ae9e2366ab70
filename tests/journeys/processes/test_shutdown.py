"""A process that is stopped, as in every deployment, completes its work and keeps no client waiting."""

from concurrent.futures import ThreadPoolExecutor

import psutil

from tests.journeys.generations import V1_ONLY, V2_ONLY
from tests.journeys.processes.buyer import Buyer
from tests.journeys.processes.consistency import quiet
from tests.system import System
from tests.waiting import until


@V2_ONLY
def test_a_stopping_worker_stores_the_answers_of_portone(system: System, buyer: Buyer) -> None:
    paid = buyer.paid()
    quiet(system)
    slow = {"kind": "latency", "seconds": 2, "times": 1}
    system.portone.faults({**slow, "endpoint": "prepare.create"}, {**slow, "endpoint": "payments.cancel"})
    session = buyer.open()
    buyer.cancel(paid)
    until(lambda: all(fault["struck"] for fault in system.portone.control("GET", "faults")["faults"]), "both are asked")

    system.stop("worker")

    assert system.children["worker"].exited() == 0
    assert buyer.session(session)["status"] == "prepared"
    if buyer.generation == "v1":
        assert buyer.session(paid)["status"] == "cancelled"
        return
    # V2 answers with the name of the cancel; what came of it is the next worker's question.
    query = "SELECT stage, provider_cancellation_id IS NULL FROM payment_cancellations WHERE name = %s"
    assert system.rows(query, buyer.name) == [("sent", False)]
    system.start("worker")
    buyer.wait_for(paid, "cancelled")


@V1_ONLY
def test_a_stopping_web_server_answers_its_long_polls(system: System, buyer: Buyer) -> None:
    session = buyer.prepared()
    path = f"/payments/sessions/{session['session_id']}"
    known, others = buyer.send("GET", path).headers["ETag"], conversations(system)

    with ThreadPoolExecutor(4) as browsers:
        polls = [browsers.submit(buyer.send, "GET", f"{path}?wait=25", **{"If-None-Match": known}) for _ in range(4)]
        until(lambda: conversations(system) == others + 4, "the polls wait")
        system.stop("web")

        assert [poll.result().status_code for poll in polls] == [304] * 4
    assert system.children["web"].exited() == 0


def conversations(system: System) -> int:
    """How many connections the web's processes have accepted and not closed."""
    sockets = (one for child in psutil.Process().children(recursive=True) for one in child.net_connections("tcp"))
    return sum(one.laddr.port == system.environment.port and one.status == psutil.CONN_ESTABLISHED for one in sockets)
