"""The rules that refuse a cancel, and its execution. Shared by the REST API and the merchant's console."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from portone_simulator import taxes
from portone_simulator.answers import Refusal
from portone_simulator.codes import REFUND_BANKS
from portone_simulator.instruments import pg_tid
from portone_simulator.payment import CANCELLED, Cancellation, Payment
from portone_simulator.settings import Settings

KST: Final = timezone(timedelta(hours=9))
PARTIAL_PHONE_PGS: Final = ("kcp", "html5_inicis")
"""PGs that support partial cancels of mobile-phone payments."""
KSNET_PARTIALS: Final = 9
"""The number of partial cancels that KSNET allows."""


@dataclass(frozen=True)
class CancelRequest:
    """What the caller requests. `amount` None or 0 means everything that is left."""

    amount: int | None = None
    checksum: int | None = None
    reason: str | None = None
    refund_holder: str | None = None
    refund_bank: str | None = None
    refund_account: str | None = None
    tax_free: int | None = None
    vat: int | None = None
    requester: str | None = None

    def share_of(self, payment: Payment) -> int:
        """The amount to cancel."""
        return self.amount or payment.remaining


@dataclass(frozen=True)
class Case:
    """One cancel request for one payment at one time."""

    payment: Payment
    request: CancelRequest
    settings: Settings
    at: int

    @property
    def partial(self) -> bool:
        """Whether part of the payment is or will be left."""
        return self.request.share_of(self.payment) < self.payment.amount

    @property
    def parts(self) -> taxes.Parts:
        """The tax-free part and the VAT of the amount to cancel."""
        request = self.request
        return taxes.parts_of(self.payment, request.share_of(self.payment), request.tax_free, request.vat)


_TAXES: Final = {
    taxes.SUM_TOO_LARGE: "면세금액과 부가세의 합이 취소 금액보다 큽니다.",
    taxes.TAX_FREE_TOO_LARGE: "취소 면세금액(tax_free)이 취소 가능한 면세금액보다 큽니다.",
    taxes.TAXED_TOO_LARGE: "취소 과세금액이 취소 가능한 과세금액보다 큽니다.",
}


def refuse_by_books(case: Case) -> Iterator[Refusal]:
    """What PortOne itself refuses, from its own records."""
    payment, request = case.payment, case.request
    if payment.status == CANCELLED and (payment.remaining == 0 or not payment.received):
        yield Refusal("이미 전액취소된 주문입니다.")
    if not payment.received:
        yield Refusal("결제완료된 건만 취소할 수 있습니다.")
    if request.checksum is not None and request.checksum != payment.remaining:
        yield Refusal("취소 가능 금액(checksum)이 일치하지 않아 취소하지 않았습니다.")
    if request.share_of(payment) > payment.remaining - payment.pending_cancels:
        yield Refusal("취소 금액이 취소 가능한 잔액보다 큽니다.")
    excess = taxes.excess(payment, request.share_of(payment), case.parts)
    if excess is not None:
        yield Refusal(_TAXES[excess])
    if payment.pg_provider == "naverpay" and not request.reason:
        yield Refusal("네이버페이 취소에는 reason이 필요합니다.")
    if request.requester not in (None, "customer", "admin"):
        yield Refusal("extra.requester는 customer 또는 admin이어야 합니다.")


def refuse_without_account(case: Case) -> Iterator[Refusal]:
    """A deposit on a virtual account is refunded to another account, with the bank code of the PG."""
    request = case.request
    if case.payment.pay_method != "vbank":
        return
    if not (request.refund_holder and request.refund_bank and request.refund_account):
        yield Refusal("가상계좌 환불에는 refund_holder, refund_bank, refund_account가 필요합니다.")
    if max(len(request.refund_holder or ""), len(request.refund_account or "")) > 16:
        yield Refusal("환불계좌 정보가 너무 깁니다.")
    spelled = REFUND_BANKS.get(case.payment.pg_provider)
    if spelled is not None and request.refund_bank not in spelled:
        yield Refusal("환불 은행코드가 올바르지 않습니다.", code=-1)


def refuse_at_pg(case: Case) -> Iterator[Refusal]:
    """What the PG refuses by its own rules."""
    payment = case.payment
    if payment.behind.cancelled_at_pg:
        yield Refusal("기 취소 거래입니다.", code=-1)
    if payment.pay_method == "vbank" and payment.sandbox and case.settings.sandbox_vbank_refund == "refused":
        yield Refusal("요청하신 건에 대해 입금된 내역이 없습니다", code=-1)
    if payment.pay_method == "phone":
        if _month(payment.paid_at) != _month(case.at):
            yield Refusal("휴대폰 결제는 결제한 달에만 취소할 수 있습니다.", code=-1)
        if case.partial and payment.pg_provider not in PARTIAL_PHONE_PGS:
            yield Refusal("휴대폰 결제는 부분취소할 수 없습니다.", code=-1)
    if payment.pg_provider == "ksnet" and case.partial and len(payment.cancel_history) >= KSNET_PARTIALS:
        yield Refusal("부분취소 가능 횟수를 초과하였습니다.", code=-1)


Rules = tuple[Callable[[Case], Iterator[Refusal]], ...]

RULES: Final[Rules] = (refuse_by_books, refuse_without_account, refuse_at_pg)


def executed(case: Case, rules: Rules = RULES, cancellation_id: str | None = None) -> Cancellation:
    """The payment after the executed cancel; raises the first `Refusal` of a rule.

    `cancellation_id` is that of a cancel that was requested before and waited for the PG.
    """
    for rule in rules:
        for refusal in rule(case):
            raise refusal
    payment = case.payment
    cancellation_id = cancellation_id or new_id(payment)
    number = cancellation_id.rpartition("-c")[2]
    return Cancellation(
        pg_tid=pg_tid(payment, case.at, f"CNCL{number}"),
        amount=case.request.share_of(payment),
        cancelled_at=case.at,
        reason=case.request.reason or "",
        cancellation_id=cancellation_id,
        receipt_url=f"https://receipt.example/{payment.imp_uid}/cancel/{number}",
        **vars(case.parts),
    )


def new_id(payment: Payment) -> str:
    """An id for the payment's next cancel; those that wait for the PG or failed there are counted too."""
    return f"{payment.imp_uid}-c{len(payment.cancel_history) + len(payment.behind.asked_cancels) + 1}"


def _month(at: int) -> tuple[int, int]:
    day = datetime.fromtimestamp(at, KST)
    return day.year, day.month
