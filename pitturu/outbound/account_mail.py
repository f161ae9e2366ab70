"""Mail to users about their own accounts: which there is, and how a request adds it to its transaction.

A row has neither an address nor a secret in it that can be read: the worker that sends it looks up the user and makes
the text. What has to be in the row, an address that is replaced or the name that somebody typed, is encrypted, and
erased once the mail has left.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from pitturu.config.settings import Settings
from pitturu.domain import ids
from pitturu.domain.errors import Conflict
from pitturu.domain.operator_actions import Thing
from pitturu.outbound.message import DELIVER_ACCOUNT_MAIL
from pitturu.services import services
from pitturu.store import account_emails, outbound, users
from pitturu.store.encryption import UnknownDataKey
from pitturu.store.outbound import ABOUT_ACCOUNTS, Channel
from pitturu.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)


class MailKind(StrEnum):
    """What a mail is about."""

    VERIFY_EMAIL = "verify_email"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - no password.
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - no password.
    EMAIL_CHANGED = "email_changed"
    FACTOR_CHANGED = "factor_changed"
    ERASED = "erased"


SECRET_LIVES: Final = timedelta(minutes=30)
"""How long a mailed code or link can be used: mail arrives within minutes, and a mailbox is read by others later."""

LIVES: Final[Mapping[MailKind, timedelta]] = {
    MailKind.VERIFY_EMAIL: SECRET_LIVES,
    MailKind.PASSWORD_RESET: SECRET_LIVES,
    MailKind.PASSWORD_CHANGED: timedelta(days=3),
    MailKind.EMAIL_CHANGED: timedelta(days=3),
    MailKind.FACTOR_CHANGED: timedelta(days=3),
    MailKind.ERASED: timedelta(days=3),
}
"""How long each is tried to be sent. After that it would help nobody."""


def available(settings: Settings) -> bool:
    """Whether this installation can send mail at all."""
    return bool(settings.smtp_url and settings.mail_from)


def require(settings: Settings, *, page: bool = False) -> None:
    """Raises Conflict where mail cannot be sent, or there is no page that its link could lead to."""
    if not available(settings) or (page and settings.storefront == "off"):
        detail = "This installation sends no mail to users (SMTP_URL, MAIL_FROM, STOREFRONT). Contact the shop instead."
        raise Conflict("mail_off", detail)


def enqueue(work: UnitOfWork, kind: MailKind, user: UUID | None, text: str | None = None) -> str:
    """Add a mail; returns its nonce, which secrets in it are made of. `text` is stored encrypted."""
    nonce = ids.new("acm")
    sealed = None if text is None else services().cipher.encrypt(text.encode()).decode()
    content = {"kind": kind, "user": user and str(user), "sealed": sealed}
    outbound.add_once(work, Channel.EMAIL, "", content, nonce, Thing(ABOUT_ACCOUNTS, kind))
    work.wake(DELIVER_ACCOUNT_MAIL)
    return nonce


def notify(work: UnitOfWork, username: str, kind: MailKind) -> None:
    """Tell a user about a change of the account, at the address that is verified now, if there is one."""
    if not available(services().settings):
        return
    email, user = account_emails.of_user(username), users.key_of(username)
    if email is None:
        return
    try:
        enqueue(work, kind, user, email.address)
    except UnknownDataKey as error:
        # The change itself needs no address, and must not fail where a key was lost.
        log.error("mail_not_sent", extra={"error": str(error), "kind": kind})
