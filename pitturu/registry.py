"""Every kind of work of this system. To add one, write a module with a `HANDLER` and list it here."""

from typing import Final

from pitturu.outbound import deliver, deliver_events, fan_out
from pitturu.payments import expiry, preparation, verification, webhook_inbox
from pitturu.payments.cancellations import send
from pitturu.payments.handler_registry import HandlerRegistry
from pitturu.payments.handlers import AnyJobHandler
from pitturu.reconciliation import runs

HANDLERS: Final[tuple[AnyJobHandler, ...]] = (
    preparation.HANDLER,
    verification.HANDLER,
    send.HANDLER,
    webhook_inbox.HANDLER,
    expiry.HANDLER,
    runs.HANDLER,
    deliver.HANDLER,
    fan_out.HANDLER,
    deliver_events.HANDLER,
)

REGISTRY: Final = HandlerRegistry(HANDLERS)
"""The kinds of rows, for the API's schemas and the command line's options."""
