"""Receivers of alerts: a server that answers like Slack, and a mail server."""

from dataclasses import dataclass
from email.message import EmailMessage

from tests.outbound.mail_server import ANSWER, MailServer
from tests.portone.faulty_server import FaultyServer, http, says

KIM = "kim@example.com"


@dataclass
class Receivers:
    """Slack and the mail server. A test changes `slack.behaviour`, `mail.on_rcpt` or `mail.on_data`."""

    slack: FaultyServer
    mail: MailServer

    def reset(self) -> None:
        """Both work, and have received nothing."""
        self.slack.behaviour = says(http(b"ok"))
        self.mail.on_rcpt, self.mail.on_data = "250 ok", ANSWER
        self.slack.requests.clear()
        self.mail.mails.clear()
        self.slack.connections = 0

    @property
    def posted(self) -> list[str]:
        """The texts that Slack received."""
        return [str(request.json()["text"]) for request in self.slack.requests]

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails that the mail server took."""
        return self.mail.mails

    @property
    def subjects(self) -> list[str]:
        """The subjects of the mails that the mail server took."""
        return [mail["Subject"] for mail in self.mails]
