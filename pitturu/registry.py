"""Every kind of work of this system. To add one, write a module with a `HANDLER` and list it here."""

from typing import Final

from pitturu.outbound import deliver, deliver_account_mail, deliver_events, deliver_notices, fan_out
from pitturu.payments import expiry, preparation, shipments, verification, webhook_inbox
from pitturu.payments.cancellations import send
from pitturu.payments.cash_receipts import settle
from pitturu.payments.handler_registry import HandlerRegistry
from pitturu.payments.handlers import AnyJobHandler
from pitturu.reconciliation import runs

HANDLERS: Final[tuple[AnyJobHandler, ...]] = (
    preparation.HANDLER,
    verification.HANDLER,
    send.HANDLER,
    webhook_inbox.HANDLER,
    expiry.HANDLER,
    settle.HANDLER,
    shipments.HANDLER,
    runs.HANDLER,
    deliver.HANDLER,
    deliver_account_mail.HANDLER,
    fan_out.HANDLER,
    deliver_events.HANDLER,
    deliver_notices.HANDLER,
    deliver_notices.WEBHOOK_HANDLER,
)

REGISTRY: Final = HandlerRegistry(HANDLERS)
"""The kinds of rows, for the API's schemas and the command line's options."""
