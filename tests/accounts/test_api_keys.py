"""The form of API keys, and how many there may be."""

import re
from binascii import crc32

import pytest

from pitturu.accounts import api_keys
from pitturu.domain.errors import Conflict
from pitturu.domain.scopes import Scope
from pitturu.domain.verdict import Environment
from pitturu.store.unit_of_work import UnitOfWork


def test_the_form_of_a_key() -> None:
    """What docs/api-keys.md tells scanners; many of these scanners know `sk_live_` already."""
    keys = [api_keys.new_text(environment) for environment in Environment for _ in range(500)]
    assert all(re.fullmatch(r"sk_(live|test)_pit[0-9A-Za-z]{38}", key) for key in keys)
    assert all(api_keys.is_wellformed(key) for key in keys)
    assert len(set(keys)) == len(keys)


def test_the_checksum_is_crc32_in_base_62() -> None:
    key = api_keys.new_text(Environment.LIVE)
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    number = 0
    for letter in key[-6:]:
        number = number * 62 + digits.index(letter)
    assert number == crc32(key[:-6].encode())


def test_a_scope_of_a_later_release_gives_nothing(work: UnitOfWork) -> None:
    row, key = api_keys.create(work, "server", [Scope.EVENTS_READ], Environment.TEST, None, None)
    row.scopes = ["events:read", "everything:write"]
    work.commit()
    access = api_keys.check(key, Environment.TEST)
    assert (access.scopes, access.actor) == ({Scope.EVENTS_READ}, "key:server")


def test_there_is_a_limit(work: UnitOfWork, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of keys that have not ended."""
    monkeypatch.setattr(api_keys, "MOST", 1)
    for name in ("first", "second"):
        api_keys.create(work, name, [Scope.EVENTS_READ], Environment.TEST, None, None)
        api_keys.end(work, name)
    api_keys.create(work, "third", [Scope.EVENTS_READ], Environment.TEST, None, None)
    with pytest.raises(Conflict, match="End one"):
        api_keys.create(work, "fourth", [Scope.EVENTS_READ], Environment.TEST, None, None)
