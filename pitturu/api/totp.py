"""Time-based one-time codes (TOTP, RFC 6238) and recovery codes: made, shown, and accepted once."""

import base64
import hmac
import logging
import re
import secrets
from typing import Final
from urllib.parse import urlsplit

import pyotp

from pitturu.domain import clock
from pitturu.domain.errors import NotAuthenticated
from pitturu.services import services
from pitturu.store import second_factors
from pitturu.store.second_factors import SecondFactor
from pitturu.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

DRIFT: Final = (0, -1, 1)
"""Steps of 30 seconds by which a phone's clock may be wrong. More would make codes easier to guess."""

RECOVERY_CODES: Final = 10

WRONG_CODE: Final = "This code is wrong, expired or used. Wait for the next one in the app; each works once."

_TOTP: Final = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """A secret of 160 bits in base 32."""
    return pyotp.random_base32()


def new_recovery_codes() -> list[str]:
    """Codes of 80 bits, in four groups that a person can copy."""
    texts = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    return ["-".join(text[place : place + 4] for place in range(0, 16, 4)) for text in texts]


def address(username: str, secret: str) -> str:
    """The `otpauth:` URI that an authenticator app reads, mostly as a QR code."""
    issuer = urlsplit(services().settings.public_url).hostname or "pitturu"
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def step_of(secret: str, code: str) -> int | None:
    """The time step whose code this is, if it is close to now."""
    totp, given = pyotp.TOTP(secret), plain(code).encode()
    now = totp.timecode(clock.now())
    codes = {now + drift: totp.generate_otp(now + drift).encode() for drift in DRIFT}
    return next((step for step, right in codes.items() if hmac.compare_digest(right, given)), None)


def plain(code: str) -> str:
    """A code as it is compared: people and apps add spaces and hyphens."""
    return re.sub(r"[\s-]", "", code).lower()


def accepts(work: UnitOfWork, factor: SecondFactor, code: str) -> bool:
    """Whether this is the code of now, or a recovery code, and was not used before. It is used by this."""
    if _TOTP.fullmatch(plain(code)):
        step = step_of(factor.secret, code)
        return step is not None and second_factors.use_step(work, factor.username, step)
    used = second_factors.use_recovery_code(work, factor.username, plain(code))
    if used:
        left = second_factors.recovery_codes_left(work, factor.username)
        log.warning("recovery_code_used", extra={"username": factor.username, "left": left})
    return used


def check_login(work: UnitOfWork, username: str, code: str | None) -> bool:
    """Whether a login passes a second factor: False for a user who has none. Raises NotAuthenticated.

    To be called after the password was verified, so that nobody else learns whether there is one.
    """
    factor = second_factors.active(work, username)
    if factor is None:
        return False
    if code is None:
        detail = "This account has a second factor. Repeat the login with `code`, from the app or a recovery code."
        raise NotAuthenticated("second_factor_needed", detail)
    if not accepts(work, factor, code):
        log.warning("second_factor_refused", extra={"username": username})
        raise NotAuthenticated("wrong_code", WRONG_CODE)
    return True
