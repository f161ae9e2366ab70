"""What people read about an alert, and who gets it: everybody in the settings, one message each."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import blake2b
from typing import Final
from urllib.parse import urlsplit

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.operator_actions import Thing
from pitturu.outbound.alert_rules import Rule
from pitturu.outbound.message import DELIVER, Message, Notice
from pitturu.payments.explanations import clock_time
from pitturu.store import outbound
from pitturu.store.alerts import Alert
from pitturu.store.outbound import Channel
from pitturu.store.unit_of_work import UnitOfWork

ALERT: Final = "alert"
"""`about_kind` of messages about alerts."""


def recipients(settings: Settings) -> Iterator[tuple[Channel, str]]:
    """Who is notified of alerts, and how. Slack's address is a secret, so that it stays in the settings."""
    if settings.alert_slack_url:
        yield Channel.SLACK, ""
    for address in dict.fromkeys(settings.alert_emails):
        yield Channel.EMAIL, address


def is_recipient(settings: Settings, message: Message) -> bool:
    """Whether the recipient of a message about an alert is still in the settings."""
    return (message.channel, message.destination) in recipients(settings)


def raised(settings: Settings, rule: Rule, alert: Alert) -> Notice:
    """An alert begins."""
    lines = [
        f"{rule.title}. {alert.detail}",
        f"What to do: {rule.todo}",
        f"More: {settings.public_url}{rule.link}",
        f"Since {_times(alert)}. One message follows when it ends. To stop messages about it for some hours: "
        f"POST /api/v1/operations/alerts/{rule.name}/mute",
    ]
    return Notice(_subject(settings, alert.severity, rule.title), "\n\n".join(lines))


def ended(settings: Settings, rule: Rule, alert: Alert, detail: str) -> Notice:
    """An alert is over. `detail` is what was measured last."""
    lasted = (alert.ended_at or clock.now()) - alert.created_at
    words = f"It began {_times(alert)} and lasted {_span(lasted)}. Measured last: {detail}"
    return Notice(_subject(settings, "ended", rule.title), f"This is over: {rule.title}.\n\n{words}")


def test(settings: Settings) -> Notice:
    """A message that shows that messages arrive."""
    words = (
        "This is a test: nothing is wrong, and nothing is to be done. Alerts of this system arrive like this message."
    )
    return Notice(_subject(settings, "test", "Alerts arrive here"), words)


def enqueue(work: UnitOfWork, settings: Settings, alert: Alert, what: str, notice: Notice) -> bool:
    """Add a message to every recipient, once for each alert and `what`. False when there is no recipient."""
    everybody, content = list(recipients(settings)), {"subject": notice.subject, "text": notice.text}
    for channel, destination in everybody:
        digest = blake2b(destination.encode(), digest_size=8).hexdigest()
        key = f"alert:{alert.alert_id}:{what}:{channel}:{digest}"
        if outbound.add_once(work, channel, destination, content, key, Thing(ALERT, alert.alert_id)):
            work.wake(DELIVER)
    return bool(everybody)


def _subject(settings: Settings, kind: str, title: str) -> str:
    """Names the installation, since a staging system may send to the same people."""
    return f"[{urlsplit(settings.public_url).hostname or 'pitturu'}] {kind}: {title}"


def _times(alert: Alert) -> str:
    return f"{clock_time(alert.created_at)} ({alert.created_at.astimezone(clock.SEOUL):%H:%M} in Korea)"


def _span(length: timedelta) -> str:
    minutes = max(0, int(length.total_seconds() // 60))
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
