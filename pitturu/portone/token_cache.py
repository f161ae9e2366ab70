"""The token where every worker finds it: one key in Redis that dies with the token, and a lock for renewing it.

Redis only saves calls. While it is away every method acts as if this process were alone in the world.
"""

import hashlib
import logging
import secrets
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

LOCK_SECONDS: Final = 12
"""A worker killed in the middle of a renewal blocks the others no longer than this; a renewal takes at most 8 s."""

_DELETE_IF_SAME: Final = "return redis.call('get', KEYS[1]) == ARGV[1] and redis.call('del', KEYS[1]) or 0"

log = logging.getLogger(__name__)


class Shelf:
    """Takes and gives opaque texts. No method raises."""

    def __init__(self, redis: Redis, account: str) -> None:
        digest = hashlib.sha256(account.encode()).hexdigest()[:32]
        self._redis, self._key = redis, f"pitturu:portone:token:{digest}"
        self._lock, self._me = f"{self._key}:lock", secrets.token_hex(8)

    def take(self) -> tuple[str, float] | None:
        """The text and the seconds it will live, or None."""
        try:
            both = self._redis.pipeline()
            both.get(self._key)
            both.pttl(self._key)
            text, left = both.execute()
        except RedisError:
            _note_absence()
            return None
        if not text or left <= 0:
            return None
        return text.decode() if isinstance(text, bytes) else text, left / 1000

    def put(self, text: str, seconds: float) -> None:
        """Show it to everybody for so long."""
        try:
            self._redis.set(self._key, text, px=max(1, int(seconds * 1000)))
        except RedisError:
            _note_absence()

    def remove(self, text: str) -> None:
        """Take exactly this text away; what somebody else put there meanwhile stays."""
        self._delete_if_same(self._key, text)

    def claim(self) -> bool:
        """Whether the renewal is ours to do."""
        try:
            return bool(self._redis.set(self._lock, self._me, nx=True, px=LOCK_SECONDS * 1000))
        except RedisError:
            _note_absence()
            return True

    def release(self) -> None:
        """The renewal is over, however it ended."""
        self._delete_if_same(self._lock, self._me)

    def _delete_if_same(self, key: str, text: str) -> None:
        try:
            self._redis.eval(_DELETE_IF_SAME, 1, key, text)
        except RedisError:
            _note_absence()


def _note_absence() -> None:
    log.warning("portone.token_not_shared", exc_info=True)
