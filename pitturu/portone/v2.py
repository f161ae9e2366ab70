"""The `Gateway` of PortOne V2 (`api.portone.io`)."""

from pitturu.domain.cash_receipts import ProviderReceipt, ReceiptOrder
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.escrow import Registered, ShipmentOrder
from pitturu.domain.provider import CancelOrder, CancelState, Generation, PaymentRef, ProviderPayment, Receipt
from pitturu.domain.provider_listing import Events, Page, Payments
from pitturu.domain.receipt_listing import Receipts
from pitturu.portone import deadline, errors, receipt_calls, receipt_parse, v2_answers, v2_calls, v2_parse
from pitturu.portone.call import Call
from pitturu.portone.reading import parsed
from pitturu.portone.transport import Timeouts, Transport
from pitturu.portone.v2_calls import Feed


class V2Gateway:
    """Implements `Gateway`, with its own connections: one for each process, opened after a fork.

    Shared by all threads. Every method ends within `timeouts.whole` seconds.
    """

    def __init__(self, base_url: str, secret: str, store_id: str, timeouts: Timeouts, *, pool_size: int) -> None:
        """`pool_size` is how many threads call at once; `store_id` may be empty. Raises ValueError for an invalid base
        URL."""
        self._transport = Transport(base_url, v2_answers.read, Generation.V2, pool_size=pool_size)
        self._store = {"storeId": store_id} if store_id else {}
        self._timeouts, self._authorization = timeouts, f"PortOne {secret}"

    def prepare(self, order_id: str, amount: int, tax_free: int = 0) -> None:
        """Register the amount; an order that is already paid needs no registration."""
        try:
            self._ask(v2_calls.prepare(self._store, order_id, amount, tax_free))
        except GatewayError as error:
            if error.reaction is not Reaction.DONE:
                raise

    def attempts(self, order_id: str) -> tuple[ProviderPayment, ...]:
        """The decisive attempt of this order; empty when PortOne knows none."""
        found = self.payment(PaymentRef("", order_id))
        return () if found is None else (found,)

    def payment(self, ref: PaymentRef) -> ProviderPayment | None:
        """The decisive attempt of the order, which may be another one than `ref`; None when there is none."""
        call = v2_calls.payment(self._store, ref.order_id)
        try:
            found = parsed(call, v2_parse.order, self._ask(call))
        except errors.Unknown:
            return None
        if found is not None and found.order_id != ref.order_id:
            raise errors.after_nonsense(call, 200, "a payment of another order")
        return found

    def cancel(self, order: CancelOrder) -> Receipt:
        """Refund `order.amount`. HTTP 200 may also mean *failed* (raises) or *requested*, so the result is queried
        again."""
        call = v2_calls.cancel(self._store, order)
        receipt, cancellation = parsed(call, v2_parse.receipt, self._ask(call))
        if cancellation.state is CancelState.FAILED:
            raise GatewayError(Reaction.STOP, "The PG could not execute the cancel. Try again later, or ask the PG.")
        return receipt

    def revoke(self, ref: PaymentRef, pg_provider: str) -> Receipt:
        """Close an unpaid virtual account; PortOne refuses after the deposit. V2 treats all PGs alike."""
        self._ask(v2_calls.revoke(self._store, ref.order_id))
        return Receipt()

    def cash_receipt(self, ref: PaymentRef) -> ProviderReceipt | None:
        """The receipt of the order, by whomever it was issued; None when there is none.

        Payments may be marked as having one that PortOne does not show, which costs a second call.
        """
        call = receipt_calls.v2_receipt(self._store, ref.order_id)
        try:
            return parsed(call, receipt_parse.v2, self._ask(call))
        except errors.Unknown:
            return receipt_parse.with_payment(self.payment(ref))

    def receipts(self, page: Page) -> tuple[Receipts, str]:
        """The store's cash receipts by the time of their last change, and the next cursor, "" at the end."""
        call = receipt_calls.v2_receipts(self._store, page)
        return parsed(call, lambda answer: receipt_parse.v2_listed(answer, page), self._ask(call))

    def issue_cash_receipt(self, order: ReceiptOrder) -> None:
        """Issue a receipt; that there is one already is a success."""
        try:
            self._ask(receipt_calls.v2_issue(self._store, order))
        except GatewayError as error:
            if error.reaction is not Reaction.DONE:
                raise

    def cancel_cash_receipt(self, ref: PaymentRef) -> None:
        """Cancel the receipt of the order."""
        self._ask(receipt_calls.v2_cancel(self._store, ref.order_id))

    def ship(self, order: ShipmentOrder) -> None:
        """Register or change a shipment of an escrow payment."""
        self._ask(v2_calls.ship(self._store, order))

    def confirm_escrow(self, ref: PaymentRef) -> None:
        """Say that the buyer confirms the goods."""
        self._ask(v2_calls.confirm_escrow(self._store, ref.order_id))

    def shipment(self, ref: PaymentRef) -> Registered | None:
        """The registered shipment, which V2 shows with the payment."""
        found = self.payment(ref)
        if found is None or found.escrow_status is None or not found.escrow_invoice:
            return None
        return Registered(found.escrow_invoice, found.escrow_status)

    def payments(self, page: Page) -> tuple[Payments, str]:
        """The store's payments by the time of their request, including V1's; and the next cursor, "" at the end."""
        call = v2_calls.feed(self._store, Feed.PAYMENT, page)
        return parsed(call, v2_parse.payments, self._ask(call))

    def events(self, page: Page) -> tuple[Events, str]:
        """All movements of money, in the order of time; and the next cursor, "" at the end."""
        call = v2_calls.feed(self._store, Feed.EVENT, page)
        return parsed(call, v2_parse.events, self._ask(call))

    def check(self) -> None:
        """Whether PortOne can be reached and accepts the secret for this store. Raises GatewayError."""
        self._ask(v2_calls.latest(self._store))

    def close(self) -> None:
        """Close the idle connections."""
        self._transport.close()

    def _ask(self, call: Call) -> object:
        with errors.refusals_of(Generation.V2), deadline.within(self._timeouts.whole):
            return self._transport.exchange(call, self._timeouts, self._authorization)
