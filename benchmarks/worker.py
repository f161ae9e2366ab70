"""One worker process and a PortOne that takes 200 ms: how many payments are verified in a second?"""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import psycopg
import requests

from benchmarks import ceilings
from benchmarks.doors import Shopper
from benchmarks.load import Result
from benchmarks.stage import COMMANDS, Stage

LATENCY: Final = 0.2
THREADS: Final = 200

DUE: Final = "UPDATE payment_sessions SET status = 'verifying', next_job = 'payments.verify', due_at = now()"
PAID: Final = "SELECT count(*) FROM payment_sessions WHERE status = 'paid'"


def measure(stage: Stage, buyer: Shopper, count: int) -> tuple[float, Result]:
    """(verified payments per second of one worker, the calls alone from as many threads)."""
    with psycopg.connect(stage.database, autocommit=True) as connection:
        connection.execute("UPDATE payment_sessions SET due_at = NULL")
        connection.execute("UPDATE webhook_deliveries SET due_at = NULL")
        with ThreadPoolExecutor(8) as pool:
            orders = list(pool.map(lambda _: _paid_at_portone(stage, buyer.open()), range(count)))
        latency = {"kind": "latency", "endpoint": "payments.findAll", "seconds": LATENCY}
        stage.control("PUT", "faults", {"faults": [latency]})
        alone = ceilings.calls(f"{stage.simulator}/payments/findAll/{orders[0]}", _token(stage), count, THREADS)
        connection.execute(f"{DUE} WHERE merchant_uid = ANY(%s)", (orders,))
        with (
            stage.program("worker", COMMANDS["worker"], PORTONE_CONCURRENCY=str(THREADS)),
            stage.program("beat", COMMANDS["beat"], BEAT_SCHEDULE=str(stage.directory / "beat")),
        ):
            return _rate(connection, count), alone


def _paid_at_portone(stage: Stage, session: dict[str, Any]) -> str:
    """The buyer pays in the window; our side hears nothing of it yet. The order number."""
    merchant_uid: str = session["merchant_uid"]
    order = {"merchant_uid": merchant_uid, "amount": session["amount"], "pay_method": "card", "sandbox": True}
    imp_uid = stage.control("POST", "payments", order)["imp_uid"]
    stage.control("POST", f"payments/{imp_uid}/approve", {})
    return merchant_uid


def _rate(connection: psycopg.Connection, count: int) -> float:
    """Payments per second between the first tenth and the last: starting up and running dry are not the question."""
    begin, end = _when(connection, count // 10), _when(connection, count * 9 // 10)
    return (end[1] - begin[1]) / (end[0] - begin[0])


def _when(connection: psycopg.Connection, wanted: int) -> tuple[float, int]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        row = connection.execute(PAID).fetchone()
        paid = int(row[0]) if row else 0
        if paid >= wanted:
            return time.monotonic(), paid
        time.sleep(0.02)
    raise SystemExit(f"Only {paid} of {wanted} payments were verified in two minutes; see the worker's log.")


def _token(stage: Stage) -> dict[str, str]:
    keys = {"imp_key": stage.environ["PORTONE_API_KEY"], "imp_secret": stage.environ["PORTONE_API_SECRET"]}
    answer = requests.post(f"{stage.simulator}/users/getToken", json=keys, timeout=30).json()
    return {"Authorization": answer["response"]["access_token"]}
