"""What the PG of a payment can cancel, checked before a request is stored: a cancel that it can never execute is an
error at once. Automatic refunds are not checked; they are tried."""

from collections.abc import Iterable, Mapping
from typing import Final

from pitturu.domain import clock
from pitturu.domain.banks import BankNotSupported, refund_bank
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.errors import Unprocessable
from pitturu.domain.pg_capabilities import CancelOptions, Impossible, cancel_options
from pitturu.domain.provider import RefundAccount
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment

_DETAILS: Final[Mapping[Impossible, str]] = {
    Impossible.PARTIAL: "The PG cancels this payment in full only. Leave out amount, quantity and lines.",
    Impossible.PARTIALS_USED_UP: "The PG allows no further partial cancel of this payment. Cancel all that is left.",
    Impossible.PERIOD_OVER: (
        "The PG cancels a payment of this method for a limited time only, which is over. Refund it in another way."
    ),
}


def options_of(payment: Payment, every: Iterable[Cancellation]) -> CancelOptions:
    """What a cancel of this payment can be now. `every` are all its cancels."""
    never_sent = CancelStage.REFUSED, CancelStage.REJECTED
    refunds = [row for row in every if row.kind == CancelKind.REFUND and row.stage not in never_sent]
    return cancel_options(payment.pg_provider, payment.pay_method, payment.paid_at, len(refunds), clock.now())


def require_possible(options: CancelOptions, partial_field: str | None) -> None:
    """Raises Unprocessable for a cancel that the PG can never execute. `partial_field` asks for a part, if any does."""
    refusal = options.refusal if partial_field is None else options.partial_refusal
    if refusal is not None:
        detail = _DETAILS[refusal]
        errors = {partial_field: [detail]} if partial_field and options.refusal is None else {}
        raise Unprocessable(refusal, detail, errors)


def refund_account(payment: Payment, options: CancelOptions, account: RefundAccount | None) -> RefundAccount | None:
    """The account to refund to, None where the PG needs none. Raises Unprocessable."""
    if not options.account_required:
        return None
    if account is None:
        raise Unprocessable(
            "refund_account_needed",
            "This payment is refunded by bank transfer. Send refund_account with bank, number and holder.",
            {"refund_account": ["Missing: the PG refunds this payment to a bank account only."]},
        )
    if options.tel_required and not account.tel:
        message = "The PG needs the telephone number of the account's holder."
        raise Unprocessable("refund_tel_needed", f"{message} Send it as well.", {"refund_account.tel": [message]})
    try:
        refund_bank(payment.pg_provider, account.bank)
    except BankNotSupported as error:
        message = "This payment cannot be refunded to that bank. Name an account at another one."
        raise Unprocessable("bank_not_supported", message, {"refund_account.bank": [message]}) from error
    return account
