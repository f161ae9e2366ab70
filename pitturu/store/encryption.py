"""Encryption of personal data at rest, with keys that can be changed (Fernet: AES-CBC and an HMAC).

The first key encrypts; all decrypt. So a new key is put in front, what is stored is encrypted anew with it
(`pitturu.store.reencryption`), and the old one can be dropped.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet

    from pitturu.config.settings import Settings


class UnknownDataKey(Exception):
    """A value was encrypted with a key that is not set any more. The message names the row and says what to do."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where} is encrypted with a key that is not in DATA_KEYS. Append the key that was removed to DATA_KEYS"
            " (or restore SECRET_KEY, where DATA_KEYS was never set) and restart; nothing is lost."
        )


class Cipher:
    """Encrypts with the first key and decrypts with any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._raw = [base64.urlsafe_b64decode(key) for key in keys]

    def encrypt(self, plain: bytes) -> bytes:
        """The encrypted value; the same value is encrypted differently each time."""
        return self._newest.encrypt(plain)

    def decrypt(self, encrypted: bytes, where: str) -> bytes:
        """The value. Raises UnknownDataKey, which names `where` it stands."""
        if (plain := _decrypted(self._all, encrypted)) is None:
            raise UnknownDataKey(where)
        return plain

    def digest(self, purpose: str, text: str) -> bytes:
        """A keyed hash of 32 bytes, made with the first key: without the keys nobody can compare it with guesses.

        `purpose`, of 16 bytes at most, keeps hashes of the same text for another use apart.
        """
        return _digest(self._raw[0], purpose, text)

    def digests(self, purpose: str, text: str) -> list[bytes]:
        """What `digest` has returned for this text since the oldest key was the first one; to look it up."""
        return [_digest(key, purpose, text) for key in self._raw]

    def is_current(self, encrypted: bytes) -> bool:
        """Whether it is encrypted with the first key."""
        return _decrypted(self._newest, encrypted) is not None

    @cached_property
    def _newest(self) -> "Fernet":
        # Imported on first use: it takes 7 MiB, and most workers never meet an encrypted value.
        from cryptography.fernet import Fernet

        return Fernet(self._keys[0])

    @cached_property
    def _all(self) -> "MultiFernet":
        from cryptography.fernet import Fernet, MultiFernet  # As above.

        return MultiFernet([Fernet(key) for key in self._keys])


def _decrypted(keys: "Fernet | MultiFernet", encrypted: bytes) -> bytes | None:
    """The value; None if another key encrypted it. No exception whose traceback could show what is stored."""
    from cryptography.fernet import InvalidToken  # As above.

    try:
        return keys.decrypt(encrypted)
    except InvalidToken:
        return None


def _digest(key: bytes, purpose: str, text: str) -> bytes:
    return hashlib.blake2b(text.encode(), key=key, digest_size=32, person=purpose.encode()).digest()


def make_cipher(settings: "Settings") -> Cipher:
    """The cipher of these settings. Production demands DATA_KEYS; elsewhere a key from SECRET_KEY is the last one."""
    if settings.production and settings.data_keys:
        return Cipher(settings.data_keys)
    derived = hashlib.blake2b(settings.secret_key.encode(), digest_size=32, person=b"pitturu data").digest()
    return Cipher([*settings.data_keys, base64.urlsafe_b64encode(derived).decode()])
