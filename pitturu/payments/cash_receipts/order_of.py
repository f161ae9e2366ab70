"""The receipt to issue, from the rows of an order."""

from pitturu.config.settings import Settings
from pitturu.domain.cash_receipts import (
    SELF_ISSUED_TO,
    Identifier,
    IdentifierKind,
    ReceiptOrder,
    ReceiptPurpose,
)
from pitturu.domain.decision.refund_shares import left_of
from pitturu.domain.provider import Generation, PaymentRef, PayMethod
from pitturu.store import cancellations, cash_receipts
from pitturu.store.cash_receipts import CashReceipt
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession


def receipt_order(
    row: CashReceipt, session: PaymentSession, payment: Payment, settings: Settings
) -> ReceiptOrder | None:
    """The receipt about what is kept of the payment; None when whom it is for is not known any more.

    Raises UnknownDataKey.
    """
    purpose, identifier = _recipient(row, session)
    if identifier is None:
        return None
    # A payment of another amount than the order's was made with parameters that are not ours: its taxes are not known.
    tax_free = session.tax_free_amount if session.amount == payment.amount else 0
    taxes = left_of(payment.amount, tax_free, *(cancellations.taxes_executed(payment.id) if tax_free else (0, 0)))
    erased = session.buyer_erased_at is not None
    return ReceiptOrder(
        payment=PaymentRef(payment.imp_uid, payment.merchant_uid),
        purpose=purpose,
        identifier=identifier,
        amount=payment.remaining,
        name=session.item_name,
        tax_free=taxes.tax_free if tax_free else None,
        vat=taxes.vat if tax_free else None,
        channel_key=_channel(session, payment, settings),
        digital=session.stock_held == 0,
        buyer_name="" if erased else session.buyer_name,
        buyer_email="" if erased else session.buyer_email,
        buyer_tel="" if erased else session.buyer_tel,
        shop_name=settings.cash_receipt_shop_name,
        shop_tel=settings.cash_receipt_shop_tel,
        shop_number=settings.cash_receipt_shop_number,
    )


def _recipient(row: CashReceipt, session: PaymentSession) -> tuple[ReceiptPurpose, Identifier | None]:
    if row.self_issued:
        return ReceiptPurpose.PERSONAL, Identifier(IdentifierKind.PHONE, SELF_ISSUED_TO)
    return ReceiptPurpose(session.cash_receipt_purpose or ReceiptPurpose.NONE), cash_receipts.identifier_of(session)


def _channel(session: PaymentSession, payment: Payment, settings: Settings) -> str:
    """V2's channel of the payment method."""
    if session.generation != Generation.V2:
        return ""
    return dict(settings.portone_v2_channels).get(PayMethod(payment.pay_method)) or settings.portone_v2_channel_key
