"""Form bodies as PHP reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portone_simulator.forms import nested


@pytest.mark.parametrize(
    ("pairs", "tree"),
    [
        ([("a", "1"), ("a", "2")], {"a": "2"}),
        ([("imp_uid[]", "a"), ("imp_uid[]", "b")], {"imp_uid": ["a", "b"]}),
        ([("extra[requester]", "customer")], {"extra": {"requester": "customer"}}),
        (
            [("schedules[0][merchant_uid]", "m"), ("schedules[0][amount]", "1"), ("schedules[1][amount]", "2")],
            {"schedules": [{"merchant_uid": "m", "amount": "1"}, {"amount": "2"}]},
        ),
        ([("a[7]", "x")], {"a": {"7": "x"}}),
        ([("a", "1"), ("a[b]", "2")], {"a": "1"}),
        ([("a[", "1"), ("[]", "2")], {"a[": "1", "[]": "2"}),
        ([("a[1][2][3][4][5][6]", "deep")], {"a[1][2][3][4][5][6]": "deep"}),
    ],
)
def test_nesting(pairs: list[tuple[str, str]], tree: object) -> None:
    assert nested(pairs) == tree


@given(some.lists(some.tuples(some.text("ab[]01", max_size=12), some.text(max_size=3)), max_size=8))
def test_no_form_breaks_it(pairs: list[tuple[str, str]]) -> None:
    assert set(nested(pairs)) <= {key for key, _ in pairs} | {key.split("[")[0] for key, _ in pairs}
