"""What the shop's server may say of a new session, and users may not: for whom it is, its number, its prices."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from pitturu.accounts import buyers
from pitturu.api.authentication import current
from pitturu.api.caller import Caller
from pitturu.domain import clock, consents
from pitturu.domain.consents import NotAgreed
from pitturu.domain.errors import Unprocessable
from pitturu.domain.languages import Language
from pitturu.payments.cart import WantedLine
from pitturu.payments.checkout import CheckoutRequest
from pitturu.services import services
from pitturu.store.unit_of_work import UnitOfWork

ONLY_KEYS: Final = ("user_id", "reference", "shipping", "discount")
"""Fields of a new session that only an API key may send, beside lines at its own prices."""


def order(work: UnitOfWork, caller: Caller, body: dict[str, Any]) -> tuple[str, CheckoutRequest]:
    """The username that a new session is for, and what it is about. Raises Unprocessable."""
    extra = {name: value for name in ONLY_KEYS if (value := body.pop(name)) is not None}
    body["consents"] = _agreed(body["consents"], body["language"], buyer=caller.key is None)
    if caller.key is None:
        _refuse(extra, body["lines"])
        return caller.username, CheckoutRequest(**body)
    username = buyers.ensure(work, extra.pop("user_id", None), services().settings.external_jwt_prefix)
    return username, CheckoutRequest(**body, **extra)


def _agreed(given: Collection[tuple[str, str]], language: Language, *, buyer: bool) -> list[dict[str, str]] | None:
    """What is stored of the consents. A buyer needs the required ones; the shop's server has asked for its own."""
    shown = Language.KO if language is Language.KO else Language.EN
    try:
        return consents.agreed(services().settings.consents, given, clock.now(), shown, enforced=buyer)
    except NotAgreed as error:
        if error.unknown:
            message = "The shop asks for another text now. Read GET /api/v1/checkout/form again and show it."
            raise Unprocessable("consent_changed", message, {"consents": [*error.unknown, *error.missing]}) from error
        message = "The buyer has to agree to this before the order. GET /api/v1/checkout/form has the texts."
        raise Unprocessable("consent_needed", message, {"consents": list(error.missing)}) from error


def _refuse(extra: Iterable[str], lines: Sequence[WantedLine]) -> None:
    given = [*extra, *(f"items.{place}" for place, line in enumerate(lines) if line.own is not None)]
    if given:
        complaint = "Leave this out: only the shop's server may send it, with an API key."
        raise Unprocessable("for_api_keys_only", complaint, {name: [complaint] for name in given})


def user_id(username: str) -> str | None:
    """The shop's own id of this user, for the shop's server; None for other callers, who know who they are."""
    if current().key is None:
        return None
    return buyers.user_id_of(username, services().settings.external_jwt_prefix)
