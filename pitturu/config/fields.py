"""How settings are written in the environment, and the types they are converted to."""

from collections.abc import Callable, Mapping
from dataclasses import Field, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final, NewType

import limits
from marshmallow import ValidationError, validate
from marshmallow import fields as wire

from pitturu.domain import consents
from pitturu.domain.consents import Consent

SECOND: Final = timedelta(seconds=1)

Network = IPv4Network | IPv6Network

Rate = NewType("Rate", str)
"""`10/minute`, or several with a semicolon between them."""


def option(default: Any, reason: str, least: int = 1, most: int | None = None, source: str = "") -> Any:
    """A field together with the reason for its default.

    `least` and `most` bound integers; `source` says where to get a value that has no default.
    """
    return field(default=default, metadata={"reason": reason, "least": least, "most": most, "source": source})


def _seconds(text: str) -> timedelta:
    """A duration above zero, written as a number of seconds."""
    seconds = wire.Float().deserialize(text)
    if not 0 < seconds <= 30 * 366 * 86400:
        raise ValidationError("write a number of seconds above 0")
    return timedelta(seconds=seconds)


def _rate(text: str) -> str:
    """A valid rate; an invalid one would disable its limit, or refuse every request."""
    try:
        counted = limits.parse_many(text)
    except ValueError:
        counted = []
    if not counted or any(rate.amount < 1 for rate in counted):
        raise ValidationError("write a number and a time, like 10/minute, or several with ; between them")
    return text


def _strings(text: str) -> tuple[str, ...]:
    """Comma-separated text as a tuple of stripped strings."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _networks(text: str) -> tuple[Network, ...]:
    """Comma-separated CIDR networks."""
    try:
        return tuple(ip_network(word) for word in _strings(text))
    except ValueError as error:
        raise ValidationError(f"{error}; write networks like 203.0.113.0/24") from error


def _pairs(text: str) -> tuple[tuple[str, ...], ...]:
    """`card=channel-key-1,kakaopay=pg:kakaopay.TC0ONETIME` as pairs."""
    pairs = tuple(tuple(word.split("=", 1)) for word in _strings(text))
    if any(len(pair) != 2 for pair in pairs):
        raise ValidationError("write name=value pairs, comma separated")
    return pairs


def _consents(text: str) -> tuple[Consent, ...]:
    """What buyers agree to."""
    try:
        return consents.parse(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error


_READERS: Final[Mapping[Any, Callable[[str], Any]]] = {
    str: str,
    timedelta: _seconds,
    Rate: _rate,
    tuple[str, ...]: _strings,
    tuple[Network, ...]: _networks,
    tuple[tuple[str, str], ...]: _pairs,
    tuple[Consent, ...]: _consents,
}


def reader(option: Field[Any]) -> wire.Field[Any]:
    """The field that parses this setting. An integer is at least 1 unless the option says otherwise; a float is a
    share."""
    if option.type is int:
        return wire.Integer(validate=validate.Range(min=option.metadata["least"], max=option.metadata["most"]))
    if option.type is float:
        return wire.Float(validate=validate.Range(min=0, max=1))
    if isinstance(option.type, type) and issubclass(option.type, StrEnum):
        return wire.Enum(option.type, by_value=True)
    return wire.Function(deserialize=_READERS[option.type])
