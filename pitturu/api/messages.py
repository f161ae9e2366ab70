"""The message for the buyer about each status: what happened, and what to do next. In Korean and in English."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pitturu.domain.lifecycle import SessionStatus

_S = SessionStatus


@dataclass(frozen=True)
class Message:
    """One message in both languages."""

    ko: str
    en: str


MESSAGES: Final = MappingProxyType(
    {
        _S.CREATED: Message(
            "결제를 준비하고 있어요. 잠시만 기다려 주세요.",
            "We are getting the payment ready. It takes a moment.",
        ),
        _S.PREPARED: Message(
            "결제 준비가 끝났어요. 결제창에서 결제를 진행해 주세요.",
            "Everything is ready. Please pay in the payment window.",
        ),
        _S.VERIFYING: Message(
            "결제 결과를 확인하고 있어요. 창을 닫아도 확인은 계속되니 다시 결제하지 마세요.",
            "We are checking your payment. You may close this page; please do not pay again.",
        ),
        _S.AWAITING_DEPOSIT: Message(
            "가상계좌가 발급됐어요. 기한 안에 안내된 계좌로 정확한 금액을 입금하시면 자동으로 확인돼요.",
            "Your virtual account is ready. Transfer the exact amount before the deadline; we will notice it.",
        ),
        _S.PAID: Message(
            "결제가 완료됐어요. 구매 내역에서 확인하실 수 있어요. 감사합니다!",
            "Your payment is complete. You will find it in your purchases. Thank you!",
        ),
        _S.PARTIALLY_CANCELLED: Message(
            "결제 금액의 일부가 취소됐어요. 환불까지는 결제 수단에 따라 며칠 걸릴 수 있어요.",
            "Part of your payment was cancelled. Depending on how you paid, the refund may take a few days.",
        ),
        _S.CANCELLED: Message(
            "결제가 취소됐어요. 결제하신 금액이 있다면 결제 수단에 따라 며칠 안에 돌려드려요.",
            "The payment was cancelled. If you were charged, your money comes back within a few days.",
        ),
        _S.FAILED: Message(
            "결제가 완료되지 않았어요. 다른 결제 수단으로 다시 시도해 주세요.",
            "The payment did not go through. Please try again, perhaps in another way.",
        ),
        _S.MISMATCHED: Message(
            "결제 내용이 주문과 달라 결제를 받지 않았어요. 결제하신 금액은 자동으로 환불되니 새로 주문해 주세요.",
            "The payment did not match the order, so we are refunding it automatically. Please order again.",
        ),
        _S.EXPIRED: Message(
            "결제 시간이 지났어요. 구매를 원하시면 새로 주문해 주세요.",
            "The time to pay is over. If you still want it, please order again.",
        ),
    }
)
