"""Names of the system's own."""

import pytest

from pitturu.domain.usernames import is_reserved


@pytest.mark.parametrize("name", ["system", "System", " portone ", "TERMINAL"])
def test_however_they_are_spelled(name: str) -> None:
    assert is_reserved(name)


@pytest.mark.parametrize("name", ["systems", "ext:system", "hana", ""])
def test_others_are_free(name: str) -> None:
    assert not is_reserved(name)
