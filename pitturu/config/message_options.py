"""The settings of messages to people: alerts to operators, notices to buyers."""

from dataclasses import dataclass
from datetime import timedelta

from pitturu.config import sources
from pitturu.config.fields import SECOND, option


@dataclass(frozen=True, repr=False)
class MessageOptions:
    """One field per setting, like those of `Options`."""

    # Alerts to people; without recipients alerts are recorded all the same
    alert_slack_url: str = option("", "an incoming webhook of Slack, or of a service with that format; a secret")
    alert_emails: tuple[str, ...] = option((), "addresses of operators, comma separated; they need smtp_url, mail_from")
    smtp_url: str = option(
        "", "the mail server: smtps://user:password@host:465 (TLS), smtp://user:password@host:587 (STARTTLS)"
    )
    mail_from: str = option("", "the sender's address of mail, one that the mail server lets us use")

    # Notices to buyers; none are sent unless some are named
    notices: tuple[str, ...] = option(
        (), "all, or account_issued, deposit_due_soon, deposit_expired, paid, refunded; comma separated"
    )
    notice_channels: tuple[str, ...] = option(("email",), "email (smtp_url, mail_from), webhook, or both")
    notice_reminder: timedelta = option(86400 * SECOND, "how long before its deadline a buyer is reminded of a deposit")
    notice_limit: int = option(
        5, "notices a day about accounts, of each kind, to one recipient and of one buyer: an account costs nothing"
    )
    notice_templates: str = option("", "a folder with texts in place of ours, e.g. paid.email.ko.txt")
    notice_webhook_url: str = option(
        "", "a system of the shop that sends AlimTalk or SMS; public, https:// in production"
    )
    notice_webhook_secrets: tuple[str, ...] = option(
        (),
        "whsec_... that sign what is posted there; two while they are being changed",
        source=sources.STANDARD_WEBHOOK,
    )
    shop_name: str = option("", "as buyers know the shop: who sends them notices")
    shop_order_url: str = option(
        "", "a buyer's page of an order, with {session_id}, {order_number} or {reference}; empty is /history, if served"
    )
