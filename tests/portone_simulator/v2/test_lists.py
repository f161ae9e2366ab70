"""V2's lists: whose payments, of which status, and by which time."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.portone_simulator.v2.clients import V2SimulatorClient, refused


def listed(simulator: V2SimulatorClient, **wanted: Any) -> list[str]:
    """The ids of the payments in the list with this filter."""
    return [each["id"] for each in simulator.found("/payments", filter=wanted)["items"]]


@pytest.mark.parametrize("word", ["PENDING", "PAY_PENDING"])
def test_payments_whose_approval_is_pending(simulator: V2SimulatorClient, word: str) -> None:
    waiting, _ = simulator.order("pend")
    simulator.order("approve")
    simulator.order()

    assert listed(simulator, status=[word]) == [waiting]


@pytest.mark.parametrize(("kind", "found"), [("CREATED_AT", False), ("STATUS_CHANGED_AT", True), (None, True)])
@pytest.mark.parametrize("move", ["approve", "decline", "pend"])
def test_the_time_by_which_a_list_is_made(
    simulator: V2SimulatorClient, kind: str | None, found: bool, move: str
) -> None:
    payment_id, transaction_id = simulator.order()
    simulator.advance(minutes=60)
    simulator.act(transaction_id, move)
    half_an_hour_ago = datetime.fromtimestamp(simulator.control("GET", "/clock")["now"] - 1800, UTC).isoformat()
    by = {"timestampType": kind} if kind else {}

    assert listed(simulator, **by, **{"from": half_an_hour_ago}) == ([payment_id] if found else [])


@pytest.mark.parametrize(
    "wanted", [{"timestampType": "PAID_AT"}, {"status": ["paid"]}, {"status": "PAID"}, {"version": "V3"}]
)
def test_an_unknown_word_is_refused(simulator: V2SimulatorClient, wanted: Mapping[str, Any]) -> None:
    answer = simulator.ask("GET", "/payments", json={"filter": wanted})

    assert refused(answer) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("path", ["/payments", "/payments-by-cursor", "/payment-events-by-cursor"])
def test_another_store_has_no_list(simulator: V2SimulatorClient, path: str) -> None:
    simulator.order("approve")
    body = {"filter": {"storeId": "store-0"}, "storeId": "store-0"}

    assert refused(simulator.ask("GET", path, json=body)) == (403, "FORBIDDEN")
