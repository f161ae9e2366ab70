"""What a text of an operator may stand for."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitturu.domain.errors import Unprocessable
from pitturu.domain.order_query import end_of, parse


def test_spaces_case_and_spelling() -> None:
    query = parse("  Hana@Example.ORG ")
    assert (query.text, query.beginnings, query.number) == ("Hana@Example.ORG", ("hana@example.org",), "")
    decomposed = unicodedata.normalize("NFD", "김하나")
    assert parse(decomposed) == parse("김하나")
    assert parse("김하나").beginnings == ("김하나", decomposed)
    assert parse("ÉMILE").beginnings[0] == "Émile"


@pytest.mark.parametrize("typed", ["", " ", "김", " a ", "%"])
def test_too_short(typed: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        parse(typed)
    assert refused.value.code == "search_too_short"


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "01012345678",
            "010-1234-5678",
            "010 1234 5678",
            "010.1234.5678",
            "(010) 1234\u20135678",
            "\uff10\uff11\uff10-1234-5678",
        ),
        *("+82 10-1234-5678", "+82 (0)10 1234 5678", "821012345678"),
    ],
)
def test_a_telephone_however_it_is_written(typed: str) -> None:
    """It is compared from its end, without Korea's country code or the zero before an area."""
    assert parse(typed).number == "8765432101"


def test_the_end_of_a_telephone_those_of_other_countries_and_what_is_none() -> None:
    assert parse("5678").number == "8765"
    assert parse("1234-5678").number == "87654321"
    assert parse("02-123-4567").number == "76543212"
    assert parse("+1 415 555 0100").number == "00105555141"
    for typed in ("010", "hana1234", "1" * 16, "%%%%"):
        assert parse(typed).number == ""


@given(st.text(min_size=1, max_size=100), st.text(max_size=155))
def test_what_has_a_beginning_is_before_its_end(beginning: str, rest: str) -> None:
    end = end_of(beginning)
    assert beginning + rest < end


def test_nothing_else_is_before_the_end() -> None:
    assert end_of("ab") == "ac"
    assert end_of("a\ud7ff") == "a\ue000"
    assert end_of("a\U0010ffff") == "b"
