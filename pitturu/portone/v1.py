"""The `Gateway` of PortOne V1 (`api.iamport.kr`)."""

from collections.abc import Sequence
from functools import partial

from pitturu.domain import inicis
from pitturu.domain.batch import Several
from pitturu.domain.cash_receipts import ProviderReceipt, ReceiptOrder
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.escrow import Registered, ShipmentOrder
from pitturu.domain.provider import CancelOrder, Generation, PaymentRef, ProviderPayment
from pitturu.domain.provider_listing import Page, Payments
from pitturu.portone import (
    deadline,
    errors,
    receipt_calls,
    receipt_parse,
    v1_calls,
    v1_envelope,
    v1_listing,
    v1_parse,
)
from pitturu.portone.call import Call
from pitturu.portone.login import request_token
from pitturu.portone.reading import parsed
from pitturu.portone.tokens import Tokens
from pitturu.portone.transport import Timeouts, Transport


class V1Gateway:
    """Implements `Gateway`, with its own connections and token: one for each process, opened after a fork.

    Shared by all threads. Every method ends within `timeouts.whole` seconds.
    """

    def __init__(
        self,
        base_url: str,
        imp_key: str,
        imp_secret: str,
        timeouts: Timeouts,
        *,
        pool_size: int,
        sandbox: bool,
        inicis_api_key: str,
    ) -> None:
        """`pool_size` is how many threads call at once. `sandbox` shows payments of test channels: never on a live
        account, where a test payment would count as a real one. `inicis_api_key` is needed to withdraw virtual accounts
        of KG Inicis. Raises ValueError for an invalid base URL.
        """
        self._transport = Transport(base_url, v1_envelope.read, Generation.V1, pool_size=pool_size)
        self._tokens = Tokens(partial(request_token, self._transport, imp_key, imp_secret))
        self._timeouts, self._sandbox, self._inicis_api_key = timeouts, sandbox, inicis_api_key

    def prepare(self, order_id: str, amount: int, tax_free: int = 0) -> None:
        """Register the amount; an existing registration is a success too. V1 registers no tax-free part."""
        try:
            self._ask(v1_calls.prepare(order_id, amount))
        except GatewayError as error:
            if error.reaction is not Reaction.DONE:
                raise

    def attempts(self, order_id: str) -> tuple[ProviderPayment, ...]:
        """Up to 100 attempts of this order, those with money first; empty when PortOne knows none."""
        call = v1_calls.attempts(order_id)
        try:
            found = parsed(call, v1_parse.page, self._ask(call))
        except errors.Unknown:
            return ()
        if any(one.order_id != order_id for one in found):
            raise errors.after_nonsense(call, 200, "payments of another order")
        return found

    def several(self, order_ids: Sequence[str], seconds: float) -> Several:
        """What PortOne shows of these orders, 100 at most, within so many seconds."""
        call = v1_calls.several(order_ids)
        try:
            with deadline.within(seconds):
                return parsed(call, v1_parse.several, self._ask(call))
        except errors.Unknown:
            return Several(())

    def payment(self, ref: PaymentRef) -> ProviderPayment | None:
        """One attempt by its `imp_uid`; None when PortOne does not know it, or hides it as a test payment."""
        try:
            return self._one(v1_calls.payment(ref.provider_id, sandbox=self._sandbox), ref.provider_id)
        except errors.Unknown:
            return None

    def cancel(self, order: CancelOrder) -> ProviderPayment:
        """Refund `order.amount`, unless PortOne's balance differs from ours: `checksum` lets money move only once."""
        return self._one(v1_calls.cancel(order), order.payment.provider_id)

    def revoke(self, ref: PaymentRef, pg_provider: str) -> ProviderPayment:
        """Withdraw an unpaid virtual account; PortOne refuses after the deposit.

        KG Inicis refuses without its own key, or with a wrong one. That needs an operator: it concerns the settings and
        not the payment, so the withdrawal must stay pending until they are corrected.
        """
        key = self._inicis_api_key if inicis.is_inicis(pg_provider) else ""
        try:
            return self._one(v1_calls.revoke(ref.provider_id, key), ref.provider_id)
        except GatewayError as error:
            if v1_calls.KEY_REFUSED not in error.message.lower():
                raise
            advice = v1_calls.WRONG_KEY if key else v1_calls.NO_KEY
            raise GatewayError(Reaction.CALL_HUMAN, f"{error.message[:200]}: {advice}") from error

    def cash_receipt(self, ref: PaymentRef) -> ProviderReceipt | None:
        """The receipt that was issued through PortOne, or with the payment by the PG; None when there is none.

        The second kind is only a mark on the payment, which costs a second call.
        """
        call = receipt_calls.v1_receipt(ref.provider_id)
        try:
            return parsed(call, receipt_parse.v1, self._ask(call))
        except errors.Unknown:
            return receipt_parse.with_payment(self.payment(ref))

    def issue_cash_receipt(self, order: ReceiptOrder) -> None:
        """Issue a receipt about what is left of the payment."""
        self._ask(receipt_calls.v1_issue(order))

    def cancel_cash_receipt(self, ref: PaymentRef) -> None:
        """Cancel the receipt that was issued through PortOne."""
        self._ask(receipt_calls.v1_cancel(ref.provider_id))

    def ship(self, order: ShipmentOrder) -> None:
        """Register or change a shipment of an escrow payment."""
        self._ask(v1_calls.ship(order))

    def confirm_escrow(self, ref: PaymentRef) -> None:
        """V1 has no such request. Raises GatewayError."""
        raise GatewayError(Reaction.STOP, f"PortOne V1 cannot confirm the escrow of {ref.provider_id}.")

    def shipment(self, ref: PaymentRef) -> Registered | None:
        """The registered shipment. V1 refuses the question where there is none, and for PGs that cannot say."""
        call = v1_calls.shipment(ref.provider_id)
        try:
            return parsed(call, v1_parse.shipment, self._ask(call))
        except GatewayError as error:
            if error.reaction is not Reaction.STOP:
                raise
            return None

    def channels(self) -> dict[str, str]:
        """PortOne's code of the PG of each channel key of this account."""
        call = v1_calls.channels()
        return parsed(call, v1_parse.channels, self._ask(call))

    def payments(self, page: Page) -> tuple[Payments, str]:
        """All payments that V1 lists in the window, and the next cursor, "" at the end. Long windows are split.

        If a page no longer exists, because the list became shorter, the answer is no payments and the previous page as
        the next one.
        """
        place = v1_listing.place(page)
        call = place.call(page)
        try:
            found, total = parsed(call, v1_listing.read, self._ask(call))
        except GatewayError as error:
            before = place.step_back() if error.reaction is Reaction.STOP else None
            if before is None:
                raise
            return (), before.cursor
        following = place.after(page, total)
        return found, following.cursor if following else ""

    def check(self) -> None:
        """Whether PortOne can be reached and accepts our keys. Raises GatewayError."""
        with deadline.within(self._timeouts.whole):
            self._tokens.check()
        self.attempts("pitturu-doctor")

    def close(self) -> None:
        """Close the idle connections."""
        self._transport.close()

    def _one(self, call: Call, provider_id: str) -> ProviderPayment:
        payment = parsed(call, v1_parse.payment, self._ask(call))
        if payment.provider_id != provider_id:
            raise errors.after_nonsense(call, 200, "another payment")
        return payment

    def _ask(self, call: Call) -> object:
        with errors.refusals_of(Generation.V1), deadline.within(self._timeouts.whole):
            token = self._tokens.current()
            try:
                return self._transport.exchange(call, self._timeouts, f"Bearer {token.value}")
            except errors.Unauthorized:
                # PortOne executed nothing, so one repetition with another token is safe for every call.
                self._tokens.refused(token)
            token = self._tokens.current()
            return self._transport.exchange(call, self._timeouts, f"Bearer {token.value}", attempt=2)
