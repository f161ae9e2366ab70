"""Fields of dataclasses that also say what a request may set them to; the schema of such requests is made of them."""

from dataclasses import field, fields
from typing import Any

from marshmallow import Schema, validate
from marshmallow import fields as checks


def checked(default: object, check: checks.Field[Any]) -> Any:
    """A field with this default, or without one for `MISSING`."""
    return field(default=default, metadata={"check": check})


def one_of(default: str, *others: str) -> Any:
    """A text field with a fixed set of values."""
    return checked(default, checks.String(validate=validate.OneOf([default, *others])))


def flag(default: bool) -> Any:
    """A boolean field."""
    return checked(default, checks.Boolean())


def text(default: str | None, longest: int = 200) -> Any:
    """A text field; it accepts null if that is the default."""
    return checked(default, checks.String(allow_none=default is None, validate=validate.Length(1, longest)))


def address() -> Any:
    """The field of a URL, without a default."""
    return checked(None, checks.Url(require_tld=False, schemes={"http", "https"}, allow_none=True))


def number(default: int | None, low: int, high: int | None = None) -> Any:
    """The field of an integer; it accepts null if that is the default."""
    check = checks.Integer(strict=True, allow_none=default is None, validate=validate.Range(low, high))
    return checked(default, check)


def schema_of(owner: type) -> type[Schema]:
    """The schema of all checked fields of this dataclass."""
    checks_by_name = {each.name: each.metadata["check"] for each in fields(owner) if "check" in each.metadata}
    return Schema.from_dict(checks_by_name, name=f"{owner.__name__}Schema")
