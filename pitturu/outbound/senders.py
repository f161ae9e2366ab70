"""The sender of each channel. A new channel is a module with `send`, and a line here."""

from collections.abc import Callable, Mapping
from typing import Final

from pitturu.config.settings import Settings
from pitturu.outbound import mail, slack, webhooks
from pitturu.outbound.message import Message
from pitturu.store.outbound import Channel

Sender = Callable[[Settings, Message], str]
"""Sends a message once, within the lease, and returns the receiver's answer. Raises GatewayError with the reaction:
STOP when the receiver will never take this message, anything else to try again; and with `retry_after` where it asks
for a pause. Its message is shown to operators, so it contains neither secrets nor addresses."""

SENDERS: Final[Mapping[Channel, Sender]] = {
    Channel.SLACK: slack.send,
    Channel.EMAIL: mail.send,
    Channel.WEBHOOK: webhooks.send,
}
