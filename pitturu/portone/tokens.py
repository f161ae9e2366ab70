"""The access token: one for all workers, renewed by one of them, and thrown away only when PortOne refused that one.

PortOne repeats a living token unchanged while more than 60 s of it are left, and prolongs it by 5 minutes when fewer
are. So it is renewed in its last MARGIN (less than those 60 s): earlier, the answer would not be news. All lives are
durations told by PortOne and counted by a clock that cannot be set, so nobody's wrong clock matters.
"""

import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Final, TypeGuard

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone import deadline
from pitturu.portone.token_cache import Shelf

MARGIN: Final = 30.0
"""Seconds before its death from which a token is renewed: enough for a call on its way, below PortOne's 60."""

PAUSE: Final = 5.0
"""Seconds that a token is used without asking again, whatever PortOne says of its life, and between two renewals that
failed while it lives: nothing that PortOne answers can make us ask for a token on every call."""

LONGEST_LIFE: Final = 3600.0
"""Seconds. PortOne's tokens live for 1800; a life beyond this is a slip of its clock."""

WAIT: Final = 9.0
"""Seconds to wait for another worker's renewal: as long as one may take. Then we ask PortOne ourselves."""

POLL: Final = 0.05
"""Seconds between two looks at the shelf while another worker renews: a renewal takes a few of them."""

LONGEST_RENEWAL: Final = 30.0
"""Seconds after which a thread gives up on its own process's renewal: WAIT, one call for a token, a slow Redis."""


@dataclass(frozen=True)
class Grant:
    """A token as PortOne gave it. `tag` tells apart two answers that carry the same token."""

    token: str
    tag: str
    stale_at: float
    dies_at: float


class Tokens:
    """Where a call gets its token. `ask` fetches one from PortOne: (token, seconds to live), or GatewayError."""

    def __init__(
        self, ask: Callable[[], tuple[str, float]], shelf: Shelf, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask, self._shelf, self._now = ask, shelf, now
        self._lock = threading.Lock()
        self._held: Grant | None = None
        self._renewal: Future[Grant] | None = None
        self._refused_tag = ""

    def current(self) -> Grant:
        """A token that lives. Touches neither Redis nor PortOne while the one in memory is fresh."""
        held = self._held
        if held is not None and self._now() < held.stale_at:
            return held
        with self._lock:
            ours = self._renewal is None
            renewal = self._renewal = self._renewal or Future()
        if ours:
            self._renew(renewal, held)
        elif self._lives(held):
            return held
        return _outcome(renewal)

    def check(self) -> None:
        """Ask PortOne for a token whatever we have. Raises GatewayError when it gives none."""
        self._ask()

    def refused(self, grant: Grant) -> None:
        """PortOne answered 401 to this one: nobody shall use it again. A newer one is left in peace."""
        with self._lock:
            self._refused_tag = grant.tag
            if self._held is not None and self._held.tag == grant.tag:
                self._held = None
        self._shelf.remove(f"{grant.tag} {grant.token}")

    def _renew(self, renewal: "Future[Grant]", held: Grant | None) -> None:
        """Bring the renewal that other threads wait for to an end, whatever happens to this one."""
        try:
            self._held = fresh = self._fresh(held)
            renewal.set_result(fresh)
        except GatewayError as error:
            if self._lives(held):
                self._held = kept = replace(held, stale_at=self._now() + PAUSE)
                renewal.set_result(kept)
            else:
                renewal.set_exception(error)
        finally:
            with self._lock:
                self._renewal = None
            if not renewal.done():
                renewal.set_exception(GatewayError(Reaction.TRY_AGAIN, "The renewal of PortOne's token was cut off."))

    def _fresh(self, held: Grant | None) -> Grant:
        """The shelf's token, or a new one: asked for by us when nobody else does, and when they take too long."""
        until = self._now() + min(WAIT, deadline.left())
        while not self._shelf.claim():
            grant = self._from_shelf() or (held if self._lives(held) else None)
            if grant is not None:
                return grant
            if self._now() >= until:
                return self._from_portone()
            time.sleep(POLL)
        try:
            return self._from_shelf() or self._from_portone()
        finally:
            self._shelf.release()

    def _from_shelf(self) -> Grant | None:
        found, now = self._shelf.take(), self._now()
        if found is None:
            return None
        (tag, _, token), life = found[0].partition(" "), found[1]
        usable = life > MARGIN and tag != self._refused_tag
        return Grant(token, tag, now + life - MARGIN, now + life) if usable else None

    def _from_portone(self) -> Grant:
        # Counted from before the question, so that a slow answer makes the life shorter, never longer.
        asked_at = self._now()
        token, told = self._ask()
        life, tag = min(told, LONGEST_LIFE), secrets.token_hex(8)
        self._shelf.put(f"{tag} {token}", life)
        return Grant(token, tag, asked_at + max(PAUSE, life - MARGIN), asked_at + life)

    def _lives(self, grant: Grant | None) -> TypeGuard[Grant]:
        return grant is not None and grant.tag != self._refused_tag and self._now() < grant.dies_at


def _outcome(renewal: "Future[Grant]") -> Grant:
    try:
        return renewal.result(min(deadline.left(), LONGEST_RENEWAL))
    except GatewayError as error:
        raise GatewayError(error.reaction, error.words) from error
    except TimeoutError as error:
        raise GatewayError(Reaction.TRY_AGAIN, "PortOne gave no token in time. Nothing was sent.") from error
