"""Kinds of values that several bodies share. Everything from outside is bounded, and fit for Postgres."""

import re
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, validate

from pitturu.config.settings import Settings
from pitturu.domain import ids, money
from pitturu.services import services

_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

TEL: Final = re.compile(r"\+?[0-9]([ -]?[0-9]){6,14}")
"""Korean or international: 7 to 15 digits (E.164's limit) with spaces and hyphens between them as people write them."""


class OptionalBody(Schema):
    """A body that may be left out altogether, whatever its type is said to be."""


class Text(fields.String):
    """One line of text: `least` to `most` characters, no NUL, which Postgres refuses, and no other control signs."""

    def __init__(self, least: int, most: int, pattern: re.Pattern[str] | None = None, **options: Any) -> None:
        super().__init__(validate=validate.Length(least, most), **options)
        if pattern is not None:
            self.validators.append(validate.Regexp(f"^(?:{pattern.pattern})$", error="This is not how it is written."))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if _UNFIT.search(text):
            raise ValidationError("Remove control characters and line breaks.")
        return text


class Email(Text):
    """An address for mail. Text first: the grammar of addresses allows control characters."""

    def __init__(self, most: int, **options: Any) -> None:
        super().__init__(3, most, metadata={"format": "email"}, **options)
        self.validators.append(validate.Email())


class Whole(fields.Integer):
    """A whole number between two limits, written as a number and not as text."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **options)


class Won(Whole):
    """Whole won as PortOne's JSON has them: 10000 and 10000.0 are the same number there."""

    def _validated(self, value: Any) -> int:
        amount = money.won(value)
        if amount is None:
            raise self.make_error("invalid", input=value)
        return amount


class RedirectUrl(Text):
    """Where the buyer's browser may be led back to: https (and, outside production, http), of this shop's origins."""

    def __init__(self, **options: Any) -> None:
        super().__init__(1, 500, **options)
        self.validators.append(_may_lead_there)


def _may_lead_there(value: str) -> None:
    settings: Settings = services().settings
    try:
        parts = urlsplit(value)
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise ValidationError("This is not a URL.") from error
    if not re.fullmatch(r"[!-~]+", value) or "\\" in value or not parts.hostname:
        raise ValidationError("This is not a URL. Encode special characters as %XX.")
    if parts.scheme != "https" and (settings.production or parts.scheme != "http"):
        raise ValidationError("The URL must begin with https://.")
    if "@" in parts.netloc:
        raise ValidationError("The URL must not hold a user name or password.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    origins = [origin.rstrip("/") for origin in settings.redirect_origins]
    ours = settings.public_url.rstrip("/")  # The pages that we serve ourselves.
    if origins and f"{parts.scheme}://{host}{port}" not in (ours, *origins):
        raise ValidationError("This shop does not lead buyers there.")


def order_id(**options: Any) -> Text:
    """A `merchant_uid` of ours."""
    return Text(1, 40, ids.ORDER_ID, **options)


def provider_id(**options: Any) -> Text:
    """PortOne's name of one attempt, `imp_uid`."""
    return Text(1, 64, ids.PROVIDER_ID, **options)


class Moment(fields.AwareDateTime):
    """A point in time, ISO 8601 with a zone; UTC inside, for Postgres refuses zones that Python takes.

    What UTC cannot say, less than a day from either end of the calendar, becomes that end.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            end = datetime.min if moment.year == 1 else datetime.max
            return end.replace(tzinfo=UTC)


def moment(**options: Any) -> Moment:
    """A point in time, UTC."""
    return Moment(format="iso", **options)


def nullable(**options: Any) -> fields.String:
    """Text or null in an answer."""
    return fields.String(allow_none=True, **options)
