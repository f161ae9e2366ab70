"""Settings of alerts to people: what cannot work is named at startup, without the secrets in it."""

import pytest

from pitturu.config import urls
from pitturu.config.urls import SmtpAddress
from tests.config.test_settings import problems

MAIL = {"SMTP_URL": "smtps://mail.example.com", "MAIL_FROM": "pitturu@example.com", "ALERT_EMAILS": "kim@example.com"}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"ALERT_EMAILS": "kim"}, "ALERT_EMAILS: 'kim' is no address like kim@example.com."),
        ({"ALERT_EMAILS": "a@b.example\r\nBcc: thief@c.example"}, "is no address"),
        ({"ALERT_EMAILS": "Kim <kim@example.com>"}, "is no address"),
        ({"ALERT_EMAILS": "x" * 300 + "@example.com"}, "is no address"),
        ({"MAIL_FROM": "Shop <pitturu@example.com>"}, "MAIL_FROM must be an address"),
        ({"MAIL_FROM": ""}, "MAIL_FROM is not set: ALERT_EMAILS needs it."),
        ({"SMTP_URL": ""}, "SMTP_URL is not set: ALERT_EMAILS needs it."),
        ({"SMTP_URL": "https://u:hidden@mail.example.com"}, "SMTP_URL cannot be used: it must begin with smtps://"),
        ({"SMTP_URL": "smtps://hidden@mail.example.com"}, "name both user and password, or neither"),
        ({"SMTP_URL": "smtps://u:hidden#x@mail.example.com"}, "write %23"),
        ({"SMTP_URL": "smtps://u:hidden@mail.example.com?tls=none"}, "?tls=none is the only option, of smtp://"),
        ({"SMTP_URL": "smtp://u:hidden@mail.example.com?tls=maybe"}, "?tls=none is the only option, of smtp://"),
        ({"ALERT_SLACK_URL": "hooks.slack.com/services/hidden"}, "ALERT_SLACK_URL must be like"),
        ({"ALERT_SLACK_URL": "https://u:hidden@hooks.example.com/"}, "without a user in it"),
        ({"ALERT_SLACK_URL": "https://[hidden/"}, "ALERT_SLACK_URL must be like"),
        ({"ALERT_SLACK_URL": "https:///hidden"}, "ALERT_SLACK_URL must be like"),
    ],
)
def test_what_cannot_work_is_named(changes: dict[str, str], line: str) -> None:
    (found,) = problems(**MAIL | changes)
    assert line in found
    assert "hidden" not in found


def test_nothing_is_needed() -> None:
    assert problems() == []
    assert problems(**MAIL) == []


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("smtps://h.example", SmtpAddress("h.example", 465, "smtps")),
        ("smtp://h.example", SmtpAddress("h.example", 587, "starttls")),
        ("smtp://localhost:25?tls=none", SmtpAddress("localhost", 25, "none")),
        ("smtps://a%40b:c%23@h:1", SmtpAddress("h", 1, "smtps", {"username": "a@b", "password": "c#"})),
    ],
)
def test_addresses_of_mail_servers(url: str, address: SmtpAddress) -> None:
    assert urls.smtp(url) == address
    assert "c#" not in repr(address)
