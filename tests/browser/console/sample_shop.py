"""A month of a small shop, for pictures: orders in every state, and figures of thirty days."""

import math
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Final

from pitturu.domain import clock
from tests.browser.conftest import new_buyer
from tests.journeys.processes.buyer import Buyer, Json
from tests.system import System
from tests.waiting import until

BUYERS: Final = (
    ("김하나", "hana@example.org", "010-1234-5678"),
    ("이도윤", "doyun@example.org", "010-2345-6789"),
    ("박서연", "seoyeon@example.org", "010-3456-7890"),
    ("최민준", "minjun@example.org", "010-4567-8901"),
    ("정지우", "jiwoo@example.org", "010-5678-9012"),
)
DAYS: Final = 30
Row = tuple[datetime, str, str, str, str, str, int, int]


def open_shop(system: System) -> dict[str, str]:
    """Make the orders; their session ids by what happened to them."""
    names = "paid", "refunded", "partly", "waiting", "second"
    return {name: str(order["session_id"]) for name, order in zip(names, _orders(system), strict=True)}


def busy_day(system: System, orders: dict[str, str]) -> dict[str, str]:
    """What operators have to do, and what they did: cases, approvals, a comparison, a key, an endpoint that refuses.
    The ids that pages are at."""
    manager = new_buyer(system, "admin")
    endpoint = manager.post("/event-endpoints", {"url": f"{system.url}/refuses", "description": "재고 시스템"}, 201)
    buyer = new_buyer(system)
    dearest = max((item for item in buyer.get("/items")["items"] if item["stock"] is None), key=itemgetter("price"))
    large = buyer.paid(item_id=dearest["id"], quantity=50, buyer_name="오세훈")
    manager.post(f"/payments/{buyer.session(large)['payment_id']}/cancel", {"reason": "강의 중단", "amount": 1_050_000})
    returned = buyer.paid(buyer_name="한지민")
    payment_id = buyer.session(returned)["payment_id"]
    manager.post(f"/operations/payments/{payment_id}/fulfilment", {"fulfilment": "shipped"}, 200)
    buyer.cancel(returned)
    stuck = (
        "UPDATE payment_sessions SET dead_at = now(), due_at = NULL, attempts = 12,"
        " last_error = 'PortOne did not answer within 35 s.' WHERE session_id = %s"
    )
    system.rows(stuck, orders["second"])
    manager.send("PUT", "/api-keys/shop-server", {"scopes": ["sessions:write", "payments:read"]})
    comparison = manager.post("/operations/comparisons", {})["comparison_id"]
    until(lambda: manager.get(f"/operations/comparisons/{comparison}")["status"] == "ended", "the comparison has ended")
    ((webhook,),) = system.rows("SELECT id FROM webhook_deliveries ORDER BY received_at LIMIT 1")
    ((item,),) = system.rows("SELECT item_id FROM payment_sessions WHERE session_id = %s", orders["paid"])
    found = {"comparison": comparison, "endpoint": endpoint["endpoint_id"], "webhook": webhook, "item": item}
    return {name: str(value) for name, value in found.items()}


@contextmanager
def past_weeks(system: System) -> Iterator[None]:
    """Figures as if the shop had sold for weeks: more by day than by night, more at weekends.

    They are removed at the end, since no line of the timeline says the same.
    """
    rows = list(_hours())
    columns = [list(column) for column in zip(*rows, strict=True)]
    types = ("timestamptz", *["text"] * 5, *["bigint"] * 2)
    values = ", ".join(f"%s::{kind}[]" for kind in types)
    system.rows(
        f"INSERT INTO hourly_rollups (hour, measure, label, generation, pay_method, pg_provider, count, sum)"
        f" SELECT * FROM unnest({values}) ON CONFLICT DO NOTHING",
        *columns,
    )
    yield
    system.rows("DELETE FROM hourly_rollups WHERE hour <= %s", max(columns[0]))


def _orders(system: System) -> Iterator[Json]:
    def buyer(number: int, generation: str = "v1") -> tuple[Buyer, dict[str, Any]]:
        name, mail, tel = BUYERS[number]
        about = {"buyer_name": name, "buyer_email": mail, "buyer_tel": tel}
        return new_buyer(system, generation=generation), about

    one, about = buyer(0)
    yield one.paid(quantity=2, **about)
    two, about = buyer(1)
    refunded = two.paid(**about)
    two.cancel(refunded)
    yield refunded
    three, about = buyer(2)
    partly = three.paid(quantity=3, **about)
    three.cancel(partly, quantity=1)
    yield partly
    four, about = buyer(3)
    waiting = four.prepared(pay_method="vbank", **about)
    four.pay(waiting)
    yield waiting
    five, about = buyer(4, "v2")
    yield five.paid(**about)


def _hours() -> Iterator[Row]:
    chance = random.Random(7)
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    for back in range(1, 24 * DAYS * 2):
        hour = now - timedelta(hours=back)
        korean = (hour + timedelta(hours=9)).hour
        busy = 6 * max(0.15, math.sin(math.pi * (korean - 5) / 20)) * (1.5 if hour.weekday() >= 5 else 1)
        for method, pg, generation, share in (
            ("card", "html5_inicis", "v1", 0.6),
            ("kakaopay", "kakaopay", "v1", 0.25),
            ("vbank", "html5_inicis", "v2", 0.15),
        ):
            orders = chance.randint(0, max(1, round(2 * busy * share)))
            if orders == 0:
                continue
            won = sum(chance.choice((7_800, 12_000, 24_900, 38_900, 45_000)) for _ in range(orders))
            way = generation, method, pg
            yield hour, "transition", ">created", *way, orders + 1, 0
            yield hour, "transition", "verifying>paid", *way, orders, 0
            yield hour, "received", "", *way, orders, won
            yield hour, "time_to_paid", str(chance.choice((2, 3, 3, 4))), *way, orders, orders * 400
            if chance.random() < 0.12:
                yield hour, "refunded", "", *way, 1, 12_000
            if chance.random() < 0.2:
                yield hour, "transition", "verifying>failed", *way, 1, 0
                yield hour, "declined", chance.choice(("balance_too_low", "limit_exceeded", "other")), *way, 1, 0
