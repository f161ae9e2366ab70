"""Sends a notice to an incoming webhook in Slack's format, which Mattermost, Discord and others understand too.

The URL is a secret, because whoever knows it can post there: no error, log line or row contains it. Connections are
those of PortOne's client: one deadline for the whole call, no redirects, no proxies or passwords from the environment.
"""

from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from pitturu import certificates
from pitturu.config.settings import Settings
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.outbound.message import Message, Notice
from pitturu.portone import deadline
from pitturu.portone.http_adapter import TooLarge, Wire

TIMEOUTS: Final = (5.0, 10.0)
"""Seconds to connect, and of silence; Slack answers within one."""

WHOLE: Final = 20.0
"""Seconds of the whole call, far below the lease."""

LONGEST_TEXT: Final = 3_000
"""Characters of a message. Slack cuts after 40,000, others much earlier."""

MOST_READ: Final = 4_096
"""Bytes of an answer that are read: Slack's is one word."""

LONGEST_ANSWER: Final = 100
"""Characters of an answer that operators see."""

SHORTEST_SECRET: Final = 6
"""Characters of a part of the URL that may be secret: others are words like `api`, and are guessed anyway."""

HEADERS: Final = {"User-Agent": "pitturu", "Accept-Encoding": "identity"}

CHECK: Final = "Check ALERT_SLACK_URL: compare it with the webhook in Slack, make a new one there, and restart."


def send(settings: Settings, message: Message) -> str:
    """Post it once. Returns what the receiver answered. Raises GatewayError."""
    if not settings.alert_slack_url:
        raise GatewayError(Reaction.CALL_HUMAN, "ALERT_SLACK_URL is not set: nothing was sent. Set it and restart.")
    status, words, rest = _post(settings.alert_slack_url, {"text": render(Notice.of(message.content))})
    words = _without_parts_of(settings.alert_slack_url, words)
    if 200 <= status < 300:
        return f"{status} {words}".strip()
    error = GatewayError(_reaction(status), _explained(status, words))
    error.retry_after = deadline.asked_for(rest)
    raise error


def render(notice: Notice) -> str:
    """The text in Slack's markup. &, < and > are escaped, as Slack demands: so no text can mention people or channels,
    or show a link as something else."""
    return f"*{_escaped(notice.subject)}*\n{_escaped(notice.text)}"[:LONGEST_TEXT]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _post(url: str, body: dict[str, str]) -> tuple[int, str, str]:
    """The answer's status, the beginning of its text, and its Retry-After."""
    wire = Wire(pool_size=1)
    try:
        request = requests.Request("POST", url, headers=HEADERS, json=body).prepare()
        with deadline.within(WHOLE):
            answer = wire.send(request, stream=True, timeout=TIMEOUTS, verify=certificates.bundle() or True)
            words = answer.raw.read(MOST_READ, decode_content=False).decode(errors="replace")
            return answer.status_code, words, answer.headers.get("Retry-After", "")
    except (OSError, ValueError, RequestException, HTTPError, TooLarge) as error:
        # Their texts contain the URL, and so would a traceback with them.
        kind = type(error).__name__
    finally:
        wire.close()
    raise GatewayError(Reaction.TRY_AGAIN, f"The receiver of alerts did not answer ({kind}). {CHECK}")


def _without_parts_of(url: str, words: str) -> str:
    """The beginning of what the receiver said, on one line. Some receivers repeat the path that was called."""
    parts = urlsplit(url)
    login = parts.username or "", parts.password or ""
    values = [value for pair in parse_qsl(parts.query, keep_blank_values=True) for value in pair]
    segments = [*parts.path.split("/"), *parts.query.split("&"), *values, *login]
    # The longest first, since one may contain another one.
    for segment in sorted({*segments, *map(unquote, segments)}, key=len, reverse=True):
        if len(segment) >= SHORTEST_SECRET:
            words = words.replace(segment, "***")
    return "".join(letter if letter.isprintable() else " " for letter in words[:LONGEST_ANSWER]).strip()


def _reaction(status: int) -> Reaction:
    """STOP only where the message itself is refused: other refusals end when somebody corrects a setting."""
    if status in (400, 413, 422):
        return Reaction.STOP
    return Reaction.TRY_AGAIN if status in (408, 425, 429) or status >= 500 else Reaction.CALL_HUMAN


def _explained(status: int, words: str) -> str:
    said = f"HTTP {status}: {words}" if words else f"HTTP {status}"
    match _reaction(status):
        case Reaction.TRY_AGAIN:
            return f"The receiver of alerts takes no message now ({said}). It is tried again."
        case Reaction.STOP:
            return f"The receiver of alerts refused the message ({said}). Is ALERT_SLACK_URL a webhook for messages?"
        case _:
            return f"The receiver of alerts refused us ({said}). {CHECK}"
