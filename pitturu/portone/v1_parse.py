"""Parses PortOne V1's payment object.

Tolerant where PortOne may change its API (new fields, new values, null for 0), strict about money and identity: a
payment whose amounts or ids cannot be read is not assigned to an order, and needs an operator.
"""

import logging
from typing import Final

from pitturu.domain import clock, escrow, ids, installments, pay_methods
from pitturu.domain.batch import Several
from pitturu.domain.provider import PayMethod, ProviderCancellation, ProviderPayment, ProviderStatus, VirtualAccount
from pitturu.portone.reading import CURRENCY, Fields, Unreadable, matching, printable, record, records, url, won
from pitturu.portone.text import clean

MERCHANT_UID_LENGTH: Final = 40
"""Characters of an order number, which may be one of another system on the same account."""

log = logging.getLogger(__name__)


def payment(answer: object) -> ProviderPayment:
    """One payment object. Raises Unreadable."""
    fields = record(answer, "payment")
    amount, cancelled = won(fields, "amount"), won(fields, "cancel_amount")
    if cancelled > amount:
        raise Unreadable("cancel_amount")
    word = clean(fields.get("status"), 50)
    if not word:
        raise Unreadable("status")
    return ProviderPayment(
        provider_id=matching(fields, "imp_uid", ids.PROVIDER_ID),
        order_id=printable(fields.get("merchant_uid"), "merchant_uid", MERCHANT_UID_LENGTH),
        status=ProviderStatus(word) if word in _STATUSES else ProviderStatus.UNKNOWN,
        word=word,
        amount=amount,
        cancelled_amount=cancelled,
        currency=matching(fields, "currency", CURRENCY),
        sandbox=_sandbox(fields),
        pay_method=pay_methods.v1_method(clean(fields.get("pay_method"), 50), clean(fields.get("emb_pg_provider"), 50)),
        pg_provider=clean(fields.get("pg_provider"), 50),
        started_at=clock.from_unix(fields.get("started_at")),
        paid_at=clock.from_unix(fields.get("paid_at")),
        fail_reason=clean(fields.get("fail_reason"), 500),
        receipt_url=url(fields.get("receipt_url")),
        installment_months=_installment(fields),
        escrow_status=escrow.UNKNOWN if fields.get("escrow") is True else None,
        virtual_account=_virtual_account(fields),
        cancellations=tuple(map(_cancellation, records(fields.get("cancel_history"), "cancel_history", optional=True))),
        cash_receipt_issued=fields.get("cash_receipt_issued") is True,
    )


def page(answer: object) -> tuple[ProviderPayment, ...]:
    """The payments of a page object `{total, previous, next, list}`. Raises Unreadable.

    Anybody can open a window with invalid data (an absurd amount, say) under an order number that they know. Such an
    attempt is skipped, so that it cannot hide the others; one that took money is not, because operators must see it.
    """
    entries = records(record(answer, "page").get("list"), "list")
    return tuple(found for entry in entries if (found := _payment_unless_nonsense(entry)) is not None)


def several(answer: object) -> Several:
    """The payments of several orders, as one array. Raises Unreadable for an answer that is none.

    An entry that cannot be read makes its own order unclear and no other one: anybody can open a window with invalid
    data under an order number that they know.
    """
    shown, unclear = [], set()
    for entry in records(answer, "payments"):
        try:
            shown.append(payment(entry))
        except Unreadable as error:
            log.warning("portone.attempt_unreadable", extra={"field": str(error)[:50]})
            unclear.add(clean(entry.get("merchant_uid"), MERCHANT_UID_LENGTH))
    return Several(tuple(shown), frozenset(unclear))


def _payment_unless_nonsense(fields: Fields) -> ProviderPayment | None:
    try:
        return payment(fields)
    except Unreadable as error:
        if fields.get("status") == ProviderStatus.PAID or clock.from_unix(fields.get("paid_at")) is not None:
            raise
        log.warning("portone.attempt_unreadable", extra={"field": str(error)[:50]})
        return None


def shipment(answer: object) -> escrow.Registered | None:
    """The registered shipment. Raises Unreadable."""
    invoice = clean(record(answer, "shipment").get("invoice"), 50)
    return escrow.Registered(invoice) if invoice else None


def channels(answer: object) -> dict[str, str]:
    """PortOne's code of a PG by channel key, from the list of the account's PGs. Raises Unreadable."""
    entries = records(answer, "channels")
    named = {clean(one.get("channel_key"), 200): clean(one.get("pg_provider"), 50) for one in entries}
    return {key: pg for key, pg in named.items() if key and pg}


_STATUSES: Final = frozenset(ProviderStatus) - {ProviderStatus.UNKNOWN, ProviderStatus.PENDING}


def _sandbox(fields: Fields) -> bool:
    """Whether a test channel was used; a missing field means no.

    PortOne added the field in 2026-01: only older answers lack it, and a live installation that treated those as tests
    would refund real money. A test payment cannot be mistaken for a real one, as PortOne always marks those now.
    """
    value = fields.get("sandbox")
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Unreadable("sandbox")
    return value


def _installment(fields: Fields) -> int | None:
    """Months of a card. Other methods have `card_quota` 0 as well, which then says nothing."""
    months = installments.reported(fields.get("card_quota"))
    return months if months or fields.get("pay_method") == PayMethod.CARD else None


def _virtual_account(fields: Fields) -> VirtualAccount | None:
    number = clean(fields.get("vbank_num"), 32)
    if not number:
        return None
    return VirtualAccount(
        bank_code=clean(fields.get("vbank_code"), 10),
        bank_name=clean(fields.get("vbank_name"), 50),
        number=number,
        holder=clean(fields.get("vbank_holder"), 50),
        due_at=clock.from_unix(fields.get("vbank_date")),
    )


def _cancellation(fields: Fields) -> ProviderCancellation:
    return ProviderCancellation(
        cancellation_id=clean(fields.get("cancellation_id"), 255),
        amount=won(fields, "amount"),
        reason=clean(fields.get("reason"), 255),
        cancelled_at=clock.from_unix(fields.get("cancelled_at")),
        receipt_url=url(fields.get("receipt_url")),
    )
