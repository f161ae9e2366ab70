"""Reserved usernames."""

import pytest

from pitturu.domain.usernames import is_reserved


@pytest.mark.parametrize("name", ["system", " portone ", "TERMINAL", "guest:1", "Guest:1", "key:server", "cli:root"])
def test_reserved_in_any_spelling(name: str) -> None:
    assert is_reserved(name)


@pytest.mark.parametrize("name", ["systems", "ext:system", "ext:guest:1", "guest", "hana", ""])
def test_other_names_are_not_reserved(name: str) -> None:
    assert not is_reserved(name)
