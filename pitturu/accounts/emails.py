"""The e-mail address of an account. It counts once a code that was mailed to it came back."""

import base64
from datetime import datetime
from typing import Final

from pitturu.domain import clock
from pitturu.outbound import account_mail
from pitturu.outbound.account_mail import SECRET_LIVES, MailKind
from pitturu.services import services
from pitturu.store import account_codes, account_emails, users
from pitturu.store.account_codes import AccountCode, CodePurpose
from pitturu.store.unit_of_work import UnitOfWork

MOST_FAILURES: Final = 5
"""Wrong codes after which a code is worthless: it has 40 bits."""

_BYTES: Final = 5


def request(work: UnitOfWork, username: str, address: str) -> None:
    """Mail a code to this address, in place of one that was mailed before. The present address stays meanwhile."""
    now = clock.now()
    nonce = account_mail.enqueue(work, MailKind.VERIFY_EMAIL, users.key_of(username))
    sealed = services().cipher.encrypt(address.encode())
    account_codes.put(
        work,
        AccountCode(
            username=username,
            purpose=CodePurpose.EMAIL,
            nonce=nonce,
            address_encrypted=sealed,
            requested_at=now,
            expires_at=now + SECRET_LIVES,
        ),
    )


def issue(work: UnitOfWork, username: str, nonce: str) -> tuple[str, str, datetime] | None:
    """The address, the code to mail there, and until when it can be entered; None if the request was replaced or has
    been answered. Raises UnknownDataKey."""
    raw = account_codes.derived(nonce, username)[:_BYTES]
    letters = base64.b32encode(raw).decode()
    found = account_codes.mailed(work, username, CodePurpose.EMAIL, nonce, letters)
    return None if found is None else (found.address, f"{letters[:4]}-{letters[4:]}", found.expires_at)


def confirm(work: UnitOfWork, username: str, typed: str) -> bool:
    """Whether this is the code that was mailed; then the new address counts, and the old one is informed.

    A wrong code is counted: commit in either case. Raises UnknownDataKey.
    """
    users.lock(work, username)
    code = account_codes.lock(work, username, CodePurpose.EMAIL)
    if code is None or code.failures >= MOST_FAILURES:
        return False
    if not code.is_("".join(letter for letter in typed.upper() if letter.isalnum())):
        code.failures += 1
        return False
    address = code.address
    _inform(work, username, address)
    account_emails.put(work, username, address)
    account_codes.forget(work, username)
    return True


def remove(work: UnitOfWork, username: str) -> None:
    """Forget the address and what waits for a code. The old address is informed."""
    _inform(work, username, None)
    account_emails.remove(work, username)
    account_codes.forget(work, username)


def _inform(work: UnitOfWork, username: str, new: str | None) -> None:
    present = account_emails.of_user(username)
    if present is not None and present.address != new:
        account_mail.notify(work, username, MailKind.EMAIL_CHANGED)
