"""The message for the buyer about each status: what happened, and what to do next. In Korean and in English."""

import json
from pathlib import Path
from typing import Final

from pitturu.domain.lifecycle import SessionStatus

_TEXTS: Final[dict[str, dict[str, str]]] = json.loads(Path(__file__).with_name("messages.json").read_text("utf-8"))

MESSAGES: Final = {SessionStatus(status): texts for status, texts in _TEXTS.items()}
