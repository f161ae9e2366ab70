"""How settings are written in the environment, and the types they are converted to."""

from collections.abc import Mapping
from dataclasses import Field
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final, NewType

import limits
from marshmallow import ValidationError, validate
from marshmallow import fields as wire

Network = IPv4Network | IPv6Network

Rate = NewType("Rate", str)
"""`10/minute`, or several with a semicolon between them."""


class _Seconds(wire.Float):
    """A duration above zero, written as a number of seconds."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        seconds = super()._deserialize(value, attr, data)
        if not 0 < seconds <= 366 * 86400:
            raise ValidationError("write a number of seconds above 0")
        return timedelta(seconds=seconds)


class _Rate(wire.String):
    """A valid rate; an invalid one would disable its limit, or refuse every request."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data)
        try:
            counted = limits.parse_many(text)
        except ValueError:
            counted = []
        if not counted or any(rate.amount < 1 for rate in counted):
            raise ValidationError("write a number and a time, like 10/minute, or several with ; between them")
        return text


class _StringList(wire.String):
    """Comma-separated text as a tuple of stripped strings."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(word.strip() for word in super()._deserialize(value, attr, data).split(",") if word.strip())


class _Networks(_StringList):
    """Comma-separated CIDR networks."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return tuple(ip_network(word) for word in super()._deserialize(value, attr, data))
        except ValueError as error:
            raise ValidationError(f"{error}; write networks like 203.0.113.0/24") from error


class _Channels(_StringList):
    """`card=channel-key-1,kakaopay=pg:kakaopay.TC0ONETIME` as pairs."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        pairs = tuple(tuple(word.split("=", 1)) for word in super()._deserialize(value, attr, data))
        if any(len(pair) != 2 for pair in pairs):
            raise ValidationError("write method=channelKey pairs, comma separated")
        return pairs


_READERS: Final[Mapping[Any, type[wire.Field[Any]]]] = {
    str: wire.String,
    timedelta: _Seconds,
    Rate: _Rate,
    tuple[str, ...]: _StringList,
    tuple[Network, ...]: _Networks,
    tuple[tuple[str, str], ...]: _Channels,
}


def reader(option: Field[Any]) -> wire.Field[Any]:
    """The field that parses this setting. An integer is at least 1 unless the option says otherwise."""
    if option.type is int:
        return wire.Integer(validate=validate.Range(min=option.metadata["least"], max=option.metadata["most"]))
    if isinstance(option.type, type) and issubclass(option.type, StrEnum):
        return wire.Enum(option.type, by_value=True)
    return _READERS[option.type]()
