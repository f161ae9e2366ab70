"""Every body in the OpenAPI document has an example that its own schema accepts."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker
from marshmallow import Schema, class_registry, fields

from pitturu.api.schemas.examples import example
from pitturu.api.schemas.fields import ResponseSchema
from pitturu.services import web_services_of

Body = tuple[str, dict[str, Any]]


@pytest.fixture
def contract(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = web_services_of(app).api.spec.to_dict()
    return found


def bodies(contract: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name and the media type object of every request body and every successful answer in JSON."""
    for path, page in contract["paths"].items():
        for verb in {"get", "post", "put", "patch", "delete"} & set(page):
            operation = page[verb]
            for media in operation.get("requestBody", {}).get("content", {}).values():
                yield f"{verb} {path} request", media
            for status, answer in operation["responses"].items():
                for kind, media in answer.get("content", {}).items() if status.startswith("2") else ():
                    if kind != "text/csv":
                        yield f"{verb} {path} {status}", media


def test_every_example_fits_its_schema(contract: dict[str, Any]) -> None:
    checked = 0
    for name, media in bodies(contract):
        schema = {"$ref": media["schema"]["$ref"], "components": contract["components"]}
        wrong = list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(media["example"]))
        assert not wrong, f"{name}: {wrong[0].json_path} {wrong[0].message}"
        checked += 1
    assert checked > 90


def test_every_example_of_a_request_is_accepted(app: Flask, contract: dict[str, Any]) -> None:
    """By the schema that parses it, which checks more than the document can say."""
    with app.app_context():
        for name, media in bodies(contract):
            if name.endswith("request") and "/payments/webhook" not in name:
                parser = class_registry.get_class(media["schema"]["$ref"].rpartition("/")[2] + "Schema")
                assert not parser().validate(media["example"]), name  # type: ignore[operator]


def test_every_operation_is_described(contract: dict[str, Any]) -> None:
    for path, page in contract["paths"].items():
        for verb in {"get", "post", "put", "patch", "delete"} & set(page):
            summary = page[verb]["summary"]
            assert len(summary) <= 72, f"{verb} {path}: a summary is one short line"
            assert "\n" not in summary
            assert len(page[verb]["description"]) > 20, f"{verb} {path}"


class _Part(ResponseSchema):
    EXAMPLE: ClassVar = {"weight": 3}

    weight = fields.Integer()
    returned = fields.Boolean()


class _Whole(_Part):
    EXAMPLE: ClassVar = {"height": 4}

    height = fields.Integer()
    parts = fields.List(fields.Nested(_Part))
    session_id = fields.String()
    broken_at = fields.String(allow_none=True)


def test_examples_of_answers_have_every_field() -> None:
    part = {"weight": 3, "returned": True}
    made = example(_Whole())

    assert made == {**part, "height": 4, "parts": [part], "session_id": made["session_id"], "broken_at": None}
    assert made["session_id"].startswith("ses")


def test_examples_of_requests_leave_out_what_is_optional() -> None:
    asked = Schema.from_dict({"quantity": fields.Integer(required=True), "comment": fields.String()})

    assert example(asked()) == {"quantity": 2}


def test_a_field_without_an_example_is_an_error() -> None:
    asked = Schema.from_dict({"colour": fields.String(required=True)}, name="Painted")

    with pytest.raises(LookupError, match=r"Painted\w*\.colour has no example"):
        example(asked())
