"""Thousands of valid and invalid requests generated from the contract: no 5xx, and no undocumented response."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.test_contract import ENDPOINTS
from tests.machine_clients import new_key
from tests.operators import OPERATORS_PATHS, id_of
from tests.outbound.events import created
from tests.shop import Shop

REQUESTS = 650
"""For all endpoints together."""


@pytest.fixture
def fuzzed(shop: Shop) -> Shop:
    """A shop with at least one object of every kind."""
    shop.open(prepared=False)
    return shop


def real(shop: Shop) -> dict[str, str]:
    """Ids that exist, so that valid requests do not all end with 404."""
    session = shop.paid()
    asked = shop.refund(session, 1_000)["cancellations"][0]["cancellation_id"]
    notice = {"imp_uid": session["imp_uid"], "merchant_uid": session["merchant_uid"], "status": "paid"}
    assert shop.client.post("/api/v1/payments/webhook", json=notice).status_code == 200
    shop.login("reader", "viewer")
    return {
        "cancellation_id": asked,
        "session_id": session["session_id"],
        "payment_id": session["payment_id"],
        "id": session["imp_uid"],
        "item_id": shop.item(price=1, stock=None),
        "merchant_uid": session["merchant_uid"],
        "user_id": id_of(shop.app, "duri"),
        "rule": "backlog",
        "endpoint_id": created(shop, "http://127.0.0.1:1/").endpoint_id,
        "webhook_id": shop.get("/operations/webhooks", "reader")["items"][0]["id"],
    }


def every_check() -> list[Any]:
    """What an answer has to satisfy. The library is imported where it is used: it takes a second, and every process of
    the tests collects this file."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    return [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
    ]


def test_every_endpoint_follows_the_contract(fuzzed: Shop, example_count: Callable[[int], int]) -> None:
    import schemathesis

    contract = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", fuzzed.app)
    fuzzed.login("duri")
    conformance = every_check()
    names, buyer, admin = real(fuzzed), fuzzed.login(), fuzzed.login("boss", "admin")
    key = {"Authorization": f"Bearer {new_key(fuzzed)}"}
    tried: set[str] = set()

    for found in contract.get_all_operations():
        operation = found.ok()
        by_key = {"bearer": []} not in operation.definition.raw.get("security", [{"bearer": []}])
        headers = key if by_key else admin if operation.path.startswith(OPERATORS_PATHS) else buyer

        @settings(
            max_examples=example_count(REQUESTS // len(ENDPOINTS)),
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )
        @given(operation.as_strategy(), st.booleans(), st.sampled_from([headers, headers, headers, {}]))
        def send(case: Any, named: bool, headers: dict[str, str]) -> None:
            if named:
                case.path_parameters.update({name: names[name] for name in case.path_parameters if name in names})
                if isinstance(case.body, dict):
                    case.body.update({name: names[name] for name in ("item_id", "merchant_uid") if name in case.body})
            case.call_and_validate(headers=headers, checks=conformance)

        send()
        tried.add(operation.label)

    assert len(tried) == len(ENDPOINTS)
    fuzzed.audit()
