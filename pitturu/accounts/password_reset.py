"""A new password for whoever reads the account's mail: a link that works once, for half an hour.

The request looks up nothing, so that its answer and its duration are the same for every name. The worker that sends the
mail looks up the account and makes the link (`issue`).
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from pitturu.domain.errors import NotAllowed
from pitturu.domain.roles import Role
from pitturu.outbound.account_mail import SECRET_LIVES
from pitturu.store import account_codes, account_emails, second_factors, users
from pitturu.store.account_codes import AccountCode, CodePurpose
from pitturu.store.account_emails import AccountEmail
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.users import User

MOST_ACCOUNTS: Final = 5
"""Accounts of one address that get a link: those of a family, or of somebody who forgot an earlier one."""


@dataclass(frozen=True)
class Link:
    """What resets the password of an account; None where that is not done by mail."""

    username: str
    token: str | None


@dataclass(frozen=True)
class Issued:
    """The links of a mail to `address`; none where newer requests have replaced them all."""

    address: str
    links: list[Link]
    until: datetime


def issue(work: UnitOfWork, typed: str, nonce: str, requested_at: datetime) -> Issued | None:
    """Make the links for a user name or an e-mail address that somebody typed; None where no account has a verified
    address. Every try to send the mail makes the same ones. Raises UnknownDataKey."""
    until, links, address = requested_at + SECRET_LIVES, list[Link](), None
    for user in sorted(_meant(typed), key=lambda one: one.username):
        email = account_emails.of_user(user.username)
        if email is None or user.password_hash is None:
            continue
        address = address or email.address
        if not _allowed(work, user):
            links.append(Link(user.username, None))
            continue
        token = base64.urlsafe_b64encode(account_codes.derived(nonce, user.username)).decode().rstrip("=")
        code = AccountCode(
            username=user.username,
            purpose=CodePurpose.PASSWORD,
            nonce=nonce,
            hash=account_codes.hash_of(token),
            bound_to=_binding(user.password_hash, email),
            requested_at=requested_at,
            expires_at=until,
        )
        if account_codes.put(work, code):
            links.append(Link(user.username, token))
    return None if address is None else Issued(address, links, until)


def redeem(work: UnitOfWork, username: str, token: str) -> User:
    """The user whose password this token resets, locked until the transaction ends. The token is used by this.

    Raises NotAllowed: it was used, replaced or expired; password or address was changed since; an operator without a
    second factor.
    """
    user = users.lock(work, username)
    code = account_codes.lock(work, username, CodePurpose.PASSWORD)
    email = account_emails.of_user(username)
    if user is None or user.password_hash is None or email is None:
        raise invalid()
    if code is None or not code.is_(token) or code.bound_to != _binding(user.password_hash, email):
        raise invalid()
    if not _allowed(work, user):
        detail = "An operator's account without a second factor cannot be reset by mail. Ask another admin."
        raise NotAllowed("reset_needs_second_factor", detail)
    # A change of the address that waits for its code may be a thief's, who knew the old password.
    account_codes.forget(work, username)
    return user


def invalid() -> NotAllowed:
    """The error for a link that cannot be used."""
    return NotAllowed(
        "link_invalid", "This link is wrong, used, replaced by a newer one, or expired. Request a new one."
    )


def _meant(typed: str) -> list[User]:
    if "@" in typed:
        return list(account_emails.users_of(typed, MOST_ACCOUNTS))
    user = users.by_username(typed)
    return [] if user is None else [user]


def _allowed(work: UnitOfWork, user: User) -> bool:
    """Whoever reads an operator's mail could otherwise enrol a second factor of their own, and act as the operator."""
    return user.role == Role.BUYER or second_factors.active(work, user.username) is not None


def _binding(password_hash: str, email: AccountEmail) -> bytes:
    return sha256(f"{password_hash}\0{email.address}".encode()).digest()
