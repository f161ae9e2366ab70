"""Events of a system elsewhere, read with an API key over `GET /events`."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.exceptions import RequestException

from pitturu import certificates
from pitturu.cli.event_listener import AT_ONCE, Payload
from pitturu.config import urls

TIMEOUTS: Final = (5.0, 30.0)
"""Seconds to connect, and of silence."""

PASSING: Final = (429, 500, 502, 503, 504)
"""Answers after which the same question may be answered soon."""

_FIELDS: Final = {"type": str, "id": str, "created_at": str, "data": dict}


class CannotRead(Exception):
    """The system refuses to say its events, and a repeated question would not change that."""


class RemoteEvents:
    """Events that are committed after this was made. `say` prints why there are none at the moment.

    The key is sent to this address only: redirects are not followed, and a host elsewhere needs TLS.
    """

    look_every = 2.0

    def __init__(self, url: str, key: str, types: Collection[str], say: Callable[[str], None]) -> None:
        """Raises CannotRead."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise CannotRead("Name the system like https://pay.example.com.")
        if parts.scheme == "http" and urls.is_remote(parts.hostname):
            raise CannotRead("The key would travel without TLS: use https://.")
        if not key.isascii() or not key.isprintable():
            raise CannotRead("This is no API key: it has characters that none has.")
        self._url, self._say = url.rstrip("/") + "/api/v1/events", say
        self._headers = {"Authorization": f"Bearer {key}"}
        self._types = {"types": ",".join(types)} if types else {}
        self._cursor = "latest"
        self._silent = False
        self.read()

    def read(self) -> Sequence[Payload]:
        """The next events; none while the system does not answer. Raises CannotRead when it refuses the key."""
        query = {"after": self._cursor, "limit": str(AT_ONCE), **self._types}
        try:
            answer = requests.get(
                self._url,
                params=query,
                headers=self._headers,
                timeout=TIMEOUTS,
                allow_redirects=False,
                verify=certificates.bundle() or True,
            )
        except RequestException as error:
            return self._nothing(f"no answer ({type(error).__name__})")
        if answer.status_code in PASSING:
            return self._nothing(f"HTTP {answer.status_code}")
        if answer.status_code != requests.codes.ok:
            raise CannotRead(f"{self._url} answered HTTP {answer.status_code}. {_detail(answer)}".strip())
        self._silent = False
        events, self._cursor = _page(answer)
        return events

    def _nothing(self, why: str) -> Sequence[Payload]:
        """Say once in a row that there is no answer."""
        if not self._silent:
            self._say(f"{self._url}: {why}; it is asked again until it answers.")
        self._silent = True
        return []


def _page(answer: requests.Response) -> tuple[list[Payload], str]:
    """The events of an answer, and the cursor after them. Raises CannotRead for an answer of something else."""
    try:
        body = answer.json()
        events, cursor = body["items"], body["cursor"]
        well = isinstance(cursor, str) and all(
            isinstance(one[name], kind) for one in events for name, kind in _FIELDS.items()
        )
    except (ValueError, KeyError, TypeError):
        well = False
    if not well:
        raise CannotRead("The answer is not that of pitturu's GET /api/v1/events.")
    return events, cursor


def _detail(answer: requests.Response) -> str:
    """What an error says about itself, if it is one of pitturu's."""
    try:
        body: Any = answer.json()
    except ValueError:
        return ""
    detail = body.get("detail") if isinstance(body, dict) else None
    return "".join(letter for letter in str(detail or "")[:300] if letter.isprintable())
