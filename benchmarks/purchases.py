"""How many calls of PortOne a purchase takes under load: opened, registered, its window opened, paid, reported by
browser and webhooks, and looked at for the last time at its deadline, which is brought forward."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from standardwebhooks import Webhook

from benchmarks import stand_ins
from benchmarks.effort import Effort
from benchmarks.figures import Bar
from benchmarks.load import message, steady
from benchmarks.ratios import Ratio
from benchmarks.scenario import API, Scenario
from benchmarks.workers import TIMEOUT, quiet

MOST: Final = {"v1": 2.3, "v2": 3.2}
"""Calls a purchase, by generation."""

PREPARED: Final = """
SELECT merchant_uid, user_username, session_id FROM payment_sessions
WHERE created_at >= %s AND status = 'prepared' ORDER BY id
"""
UNPAID: Final = "SELECT merchant_uid FROM payment_sessions WHERE created_at >= %s AND status <> 'paid'"
DEADLINE: Final = (
    "UPDATE payment_sessions SET expires_at = now(), watch_until = now(), due_at = now() WHERE created_at >= %s"
)
DUE: Final = "SELECT merchant_uid FROM payment_sessions WHERE created_at >= %s AND due_at IS NOT NULL"
PENDING: Final = "SELECT merchant_uid FROM webhook_deliveries WHERE received_at >= %s AND state = 'pending'"

Orders = Sequence[tuple[str, str, str]]
"""Order numbers, the buyer of each, and the id of its session."""


def measure(scenario: Scenario, address: str, generation: str, rate: float, effort: Effort) -> Bar:
    """So many purchases a second; the calls at the stand-in divided by the purchases, as a bar of letter e."""
    rounds = [
        buy(scenario, address, generation, rate, effort.chain_seconds).calls for _ in range(effort.purchase_rounds)
    ]
    what = f"calls of PortOne a purchase under load, {generation}"
    return Bar("e", what, Ratio(tuple(rounds)), MOST[generation], "", most=True, detail=f"at {rate:,.0f} purchases/s")


@dataclass(frozen=True)
class Bought:
    """How many purchases were finished, and PortOne's calls for each."""

    purchases: int
    calls: float


def buy(scenario: Scenario, address: str, generation: str, rate: float, seconds: float) -> Bought:
    """So many purchases a second, from opening the session until each is paid and every webhook is answered."""
    environment, count = scenario.environment, max(int(rate * seconds), 1)
    quiet(environment)
    stand_ins.answer(environment, "ready")
    begun, before = datetime.now(UTC), stand_ins.calls(environment, generation)
    opening = scenario.opening(scenario.endless, count, generation=generation)
    steady(address, opening, rate, seconds, once=True)
    with psycopg.connect(environment.database, autocommit=True) as connection:

        def rows(query: str) -> list[Any]:
            return connection.execute(query, [begun]).fetchall()

        _until(lambda: len(rows(PREPARED)) == count)
        orders: Orders = rows(PREPARED)
        opened = [
            message("POST", f"{API}/payments/sessions/{session}/window", {}, scenario.token(buyer))
            for _, buyer, session in orders
        ]
        steady(address, opened, rate, seconds, once=True)
        if generation == "v2":
            windows = [_webhook(environment.environ, order, "Ready") for order, _, _ in orders]
            steady(address, windows, rate, seconds, once=True)
            _until(lambda: not rows(PENDING))
        stand_ins.answer(environment, "paid")
        steady(address, _reports(scenario, generation, orders), rate * 2, seconds, once=True)
        _until(lambda: not rows(UNPAID) and not rows(PENDING))
        connection.execute(DEADLINE, [begun])
        _until(lambda: not rows(DUE))
    return Bought(count, (stand_ins.calls(environment, generation) - before) / count)


def _reports(scenario: Scenario, generation: str, orders: Orders) -> list[bytes]:
    """The browser's verify and PortOne's webhook of each order. One comes soon after the other; which is first
    changes from order to order."""
    found: list[bytes] = []
    for number, (order, buyer, _) in enumerate(orders):
        body = {"payment_id" if generation == "v2" else "merchant_uid": order}
        verify = message("POST", f"{API}/payments/verify", body, scenario.token(buyer))
        if generation == "v2":
            webhook = _webhook(scenario.environment.environ, order, "Paid")
        else:
            reported = {"imp_uid": f"imp_{order[-12:]}", "merchant_uid": order, "status": "paid"}
            webhook = message("POST", f"{API}/payments/webhook", reported)
        found += [verify, webhook] if number % 2 else [webhook, verify]
    return found


def _webhook(environ: dict[str, str], order: str, kind: str) -> bytes:
    """A signed webhook of V2."""
    data = {"storeId": environ["PORTONE_V2_STORE_ID"], "paymentId": order, "transactionId": f"imp_{order[-12:]}"}
    body = {"type": f"Transaction.{kind}", "timestamp": "2026-11-24T00:00:00.000Z", "data": data}
    now, name = datetime.now(UTC), f"wh_{kind}_{order}"
    signature = Webhook(environ["PORTONE_V2_WEBHOOK_SECRETS"]).sign(name, now, json.dumps(body))
    signed = {"webhook-id": name, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
    return message("POST", f"{API}/payments/webhook", body, headers=signed)


def _until(done: Callable[[], bool]) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + TIMEOUT
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Some purchases were not finished within {TIMEOUT:g} s.")
        time.sleep(0.2)
