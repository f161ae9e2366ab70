"""Operators of each role in front of the console, and buyers who gave them something to see."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visit, new_buyer, new_user
from tests.browser.visitor import Visitor
from tests.journeys.processes.buyer import Buyer, Json
from tests.system import System

Operate = Callable[..., Visitor]


@pytest.fixture
def operate(visit: Visit, system: System) -> Operate:
    """Create operators: `operate("finance", phone=True, korean=False, dark=True)`."""

    def make(role: str = "admin", **how: bool) -> Visitor:
        return visit(as_=new_user(system, role), **how)

    return make


@pytest.fixture
def buyer(system: System) -> Buyer:
    """A buyer who pays over the API, which is faster than in a browser."""
    return new_buyer(system)


@pytest.fixture
def stopped(buyer: Buyer, system: System) -> Callable[[], Json]:
    """A paid order whose last question to PortOne ran out of tries."""

    def stop() -> Json:
        # A webhook could still be on its way when the order is changed here.
        session = buyer.prepared()
        buyer.verify(session, buyer.pay_without_webhook(session))
        system.rows(
            "UPDATE payment_sessions SET dead_at = now(), due_at = NULL, attempts = 12, last_error = 'PortOne is away.'"
            " WHERE session_id = %s",
            buyer.wait_for(session, "paid")["session_id"],
        )
        return session

    return stop
