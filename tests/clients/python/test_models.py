"""The client's objects have every field of pitturu's answers, with the same types, and its errors exist."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from flask import Flask
from pitturu_client import catalogue, errors, events, pay_methods, payments, sessions, shipments

from pitturu.services import web_services_of
from tests.documented import codes_of

MODELS = {
    "Session": sessions.Session,
    "SessionLine": sessions.SessionLine,
    "ReturnedLine": payments.ReturnedLine,
    "FoundSession": sessions.FoundSession,
    "ClientToken": sessions.ClientToken,
    "FoundPayment": payments.FoundPayment,
    "VirtualAccount": sessions.VirtualAccount,
    "Message": sessions.Message,
    "Checkout": sessions.Checkout,
    "FullPayment": payments.Payment,
    "Shipment": shipments.Shipment,
    "Line": payments.Line,
    "Cancellation": payments.Cancellation,
    "MaskedAccount": payments.MaskedAccount,
    "CashReceipt": payments.CashReceipt,
    "CancellationOptions": payments.CancellationOptions,
    "Event": payments.TimelineEntry,
    "OfferedMethod": pay_methods.OfferedMethod,
    "Item": catalogue.Item,
    "ManagedItem": catalogue.ManagedItem,
    "ShopEvent": events.Event,
    "Events": events.EventsPage,
    "Endpoint": events.Endpoint,
    "EndpointSecret": events.EndpointWithSecret,
    "ReplayedEvents": events.Replayed,
    "Resumed": events.Resumed,
    "Delivery": events.Delivery,
    "Deliveries": events.DeliveriesPage,
}


@pytest.fixture
def contract(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = web_services_of(app).api.spec.to_dict()
    return found


def nullable(schema: dict[str, Any]) -> bool:
    """Whether null is a value of this schema."""
    types = schema.get("type", ())
    alternatives = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    null = "null" in ([types] if isinstance(types, str) else types) or None in schema.get("enum", ())
    return null or any(map(nullable, alternatives))


@pytest.mark.parametrize("name", MODELS)
def test_fields(contract: dict[str, Any], name: str) -> None:
    properties = contract["components"]["schemas"][name]["properties"]
    info = msgspec.json.schema(MODELS[name])
    ours = info["$defs"][info["$ref"].rpartition("/")[2]]["properties"]

    assert set(ours) == set(properties)
    assert {field for field, schema in properties.items() if nullable(schema)} == {
        field for field, schema in ours.items() if nullable(schema)
    }


def examples(contract: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every documented answer, by the name of its schema."""
    for page in contract["paths"].values():
        for verb in {"get", "post", "put", "patch", "delete"} & set(page):
            for status, answer in page[verb]["responses"].items():
                for media in answer.get("content", {}).values() if status.startswith("2") else ():
                    if "$ref" in media["schema"]:  # A file has none.
                        yield media["schema"]["$ref"].rpartition("/")[2], media["example"]


def test_examples_are_read(contract: dict[str, Any]) -> None:
    read = {name for name, example in examples(contract) if name in MODELS and msgspec.convert(example, MODELS[name])}

    assert {"Session", "FullPayment", "Events", "Endpoint", "EndpointSecret", "ManagedItem", "Deliveries"} <= read


def test_codes_with_a_class_exist(contract: dict[str, Any]) -> None:
    listed = {
        (status, code)
        for statuses in codes_of(contract).values()
        for status, codes in statuses.items()
        for code in codes
    }
    assert {(kind.STATUSES[0], code) for code, kind in errors.BY_CODE.items()} <= listed


def test_every_status_has_a_class(contract: dict[str, Any]) -> None:
    statuses = {status for codes in codes_of(contract).values() for status in codes}

    assert statuses <= set(errors.BY_STATUS)


def test_a_code_of_another_status_is_of_that_status() -> None:
    assert type(errors.api_error(422, {"code": "out_of_stock"})) is errors.InvalidValues
    assert type(errors.api_error(409, {"code": "newer_than_this"})) is errors.Conflict
    assert type(errors.api_error(418, {})) is errors.ApiError
