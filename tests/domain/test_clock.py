"""PortOne's two time formats, and a clock that tests can replace."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pitturu.domain import clock


@pytest.fixture(autouse=True)
def _restored_clock() -> Iterator[None]:
    yield
    clock.use(None)


def test_the_clock_can_be_replaced_and_restored() -> None:
    then = datetime(2030, 1, 1, tzinfo=UTC)
    clock.use(lambda: then)
    assert clock.now() == then
    clock.use(None)
    assert clock.now() != then


@pytest.mark.parametrize("value", [0, None, -1, "", "1763870450", True, float("nan"), float("inf"), 10**30])
def test_invalid_unix_seconds_are_none(value: object) -> None:
    assert clock.from_unix(value) is None


def test_unix_seconds() -> None:
    assert clock.from_unix(1763870450) == datetime(2025, 11, 23, 4, 0, 50, tzinfo=UTC)


@pytest.mark.parametrize("digits", range(10))
def test_a_second_may_have_up_to_nine_decimals(digits: int) -> None:
    text = "2026-11-23T01:02:03" + "." * (digits > 0) + "123456789"[:digits] + "Z"
    microseconds = int("123456789"[: min(digits, 6)].ljust(6, "0"))
    assert clock.from_rfc3339(text) == datetime(2026, 11, 23, 1, 2, 3, microseconds, UTC)


@pytest.mark.parametrize(
    "text", ["2026-11-23T10:02:03+09:00", "2026-11-22T20:02:03.000000000-05:00", "2026-11-23t01:02:03z"]
)
def test_times_of_every_zone_are_converted_to_utc(text: str) -> None:
    moment = clock.from_rfc3339(text)
    assert moment == datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
    assert moment is not None
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        None,
        0,
        1763870450,
        True,
        [],
        {},
        "",
        "yesterday",
        "2026-11-23",
        "2026-11-23T01:02:03",
        "2026-13-23T01:02:03Z",
        "2026-11-31T01:02:03Z",
        "2026-11-23T01:02:60Z",
        "2026-11-23T01:02:03.5.5Z",
        "2026-11-23T01:02:03.\u0661Z",
        "2026-11-23T01:02:03+99:00",
        "0001-01-01T00:00:00+09:00",
        "9999-12-31T23:59:59-09:00",
        "2026-11-23T01:02:03." + "1" * 100 + "Z",
    ],
)
def test_invalid_rfc3339_is_none(value: object) -> None:
    assert clock.from_rfc3339(value) is None


@given(some.text(alphabet="0123456789-:.,+TZ", max_size=45) | some.text(max_size=45))
def test_any_text_is_a_time_in_utc_or_none(text: str) -> None:
    moment = clock.from_rfc3339(text)
    assert moment is None or moment.utcoffset() == timedelta()


ZONES = some.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@given(some.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=ZONES))
def test_formatting_and_parsing_are_inverse(moment: datetime) -> None:
    text = clock.rfc3339(moment)
    assert text.endswith("Z")
    assert clock.from_rfc3339(text) == moment - timedelta(microseconds=moment.microsecond % 1000)
