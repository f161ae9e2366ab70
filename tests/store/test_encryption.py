"""The cipher of personal data: the first key encrypts, all decrypt, and a key that is gone is named as such."""

import pytest

from pitturu.store.encryption import Cipher, UnknownDataKey, make_cipher
from tests.values import NEW_DATA_KEY, OLD_DATA_KEY, settings_for

PLAIN = "110-123-456789 김하나".encode()


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    old, both, new = Cipher([OLD_DATA_KEY]), Cipher([NEW_DATA_KEY, OLD_DATA_KEY]), Cipher([NEW_DATA_KEY])
    assert both.decrypt(old.encrypt(PLAIN), "x") == PLAIN
    assert new.decrypt(both.encrypt(PLAIN), "x") == PLAIN
    assert both.is_current(both.encrypt(PLAIN))
    assert not both.is_current(old.encrypt(PLAIN))


def test_the_same_value_is_never_encrypted_the_same_way() -> None:
    cipher = Cipher([NEW_DATA_KEY])
    assert cipher.encrypt(PLAIN) != cipher.encrypt(PLAIN)


def test_a_key_that_is_gone_is_named_without_the_value() -> None:
    encrypted = Cipher([OLD_DATA_KEY]).encrypt(PLAIN)
    with pytest.raises(UnknownDataKey, match=r"The account of can1 .* DATA_KEYS") as refusal:
        Cipher([NEW_DATA_KEY]).decrypt(encrypted, "The account of can1")
    assert encrypted.decode() not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_first_try_needs_no_key_and_can_set_one_later() -> None:
    encrypted = make_cipher(settings_for()).encrypt(PLAIN)
    later = make_cipher(settings_for(data_keys=(NEW_DATA_KEY,)))
    assert later.decrypt(encrypted, "x") == PLAIN
    assert not later.is_current(encrypted)
    with pytest.raises(UnknownDataKey):
        make_cipher(settings_for(secret_key="another" * 5)).decrypt(encrypted, "x")


def test_in_production_only_the_keys_that_are_set_count() -> None:
    encrypted = make_cipher(settings_for()).encrypt(PLAIN)
    with pytest.raises(UnknownDataKey):
        make_cipher(settings_for(pitturu_env="production", data_keys=(NEW_DATA_KEY,))).decrypt(encrypted, "x")
