"""Fixtures of the API's tests."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.mailbox import Mailbox
from tests.outbound.mail_server import MailServer, mail_server
from tests.shop import Shop


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """For waiting requests, and for events during another request."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture(scope="session")
def mails() -> Iterator[MailServer]:
    """A mail server for all tests of this process."""
    with mail_server() as server:
        yield server


@pytest.fixture
def mailbox_with(shop_with: Callable[..., Shop], mails: MailServer) -> Callable[..., Mailbox]:
    """A shop that sends mail, with these settings changed."""
    mails.mails.clear()
    sending = {"smtp_url": mails.url, "mail_from": "pitturu@example.com", "rate_mail": "1000/hour"}
    sending["public_url"] = "https://pay.example.com"
    return lambda **changes: Mailbox(shop_with(**(sending | changes)), mails)


@pytest.fixture
def mailbox(mailbox_with: Callable[..., Mailbox]) -> Mailbox:
    """A shop that sends mail."""
    return mailbox_with()
