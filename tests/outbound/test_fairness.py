"""No endpoint takes all threads of a process, and none waits while a thread is free."""

from contextlib import suppress

import pytest

from pitturu.outbound.fairness import CallCounter, shares


@pytest.mark.parametrize(
    ("waiting", "calls", "room", "taken"),
    [
        ("a", {}, 16, {"a": 8}),
        ("a", {"a": 8}, 8, {}),
        ("a", {"a": 7}, 9, {"a": 1}),
        ("ab", {"a": 8}, 8, {"b": 4}),
        ("abc", {}, 16, {"a": 4, "b": 4, "c": 4}),
        ("ab", {"a": 15}, 1, {"b": 1}),
        ("abcdef", {}, 3, {"a": 1, "b": 1, "c": 1}),
        ("ba", {"b": 1}, 1, {"a": 1}),
        ("", {"a": 3}, 13, {}),
        ("a", {}, 0, {}),
    ],
)
def test_shares(waiting: str, calls: dict[str, int], room: int, taken: dict[str, int]) -> None:
    assert shares(list(waiting), calls, room) == taken


def test_calls_are_counted_while_they_last() -> None:
    counter = CallCounter()
    with counter.counted("a"), suppress(ValueError), counter.counted("a"):
        assert counter.calls()["a"] == 2
        raise ValueError
    assert (counter.calls()["a"], counter.calls()["b"]) == (0, 0)
