// Money that came and went: attempts to pay, cancels, and questions to PortOne about them.

const ko = {
  attempts: "결제 시도",
  verdict: "판정",
  receipt: "매출전표",
  verdicts: {
    accepted: "받음",
    amount_differs: "금액이 달라 환불",
    currency_differs: "통화가 달라 환불",
    order_differs: "주문이 달라 환불",
    channel_differs: "채널이 달라 환불",
    duplicate: "중복 결제라 환불",
    late: "늦은 결제라 환불",
  } as Record<string, string>,

  cancels: "취소와 환불",
  noCancels: "취소나 환불이 없어요.",
  stage: "단계",
  wonBack: "환불 금액",
  revoke: "가상계좌 없애기",
  pieces: "수량",
  reason: "사유",
  refusal: "거절 사유",
  asked: "요청",
  approved: "승인",
  refundAccount: "환불 계좌",
  decidedAt: "완료 시각",
  origins: { buyer: "구매자", operator: "운영자", shop: "쇼핑몰 서버", system: "자동", portone: "포트원" } as Record<string, string>,

  ask: "포트원에 다시 확인",
  askHeading: "포트원에 다시 확인하기",
  askHelp: "이 주문이 어떻게 됐는지 포트원에 지금 물어보고, 답을 그대로 반영해요. 결제됐으면 결제 완료로, 환불됐으면 취소로 바뀔 수 있어요.",
  askedNow: "포트원에 물어보고 있어요. 답이 오면 여기에 표시돼요.",
  alreadyAsked: "이미 포트원에 물어보고 있어요. 잠시 기다려 주세요.",
};

const en: typeof ko = {
  attempts: "Attempts to pay",
  verdict: "Verdict",
  receipt: "Receipt",
  verdicts: {
    accepted: "accepted",
    amount_differs: "refunded: other amount",
    currency_differs: "refunded: other currency",
    order_differs: "refunded: other order",
    channel_differs: "refunded: other channel",
    duplicate: "refunded: paid twice",
    late: "refunded: too late",
  },

  cancels: "Cancels and refunds",
  noCancels: "Nothing was cancelled or refunded.",
  stage: "Stage",
  wonBack: "Refund",
  revoke: "virtual account withdrawn",
  pieces: "Pieces",
  reason: "Reason",
  refusal: "Refusal",
  asked: "Requested by",
  approved: "Approved by",
  refundAccount: "Refund account",
  decidedAt: "Ended",
  origins: { buyer: "buyer", operator: "operator", shop: "shop's server", system: "automatic", portone: "PortOne" },

  ask: "Ask PortOne again",
  askHeading: "Ask PortOne again",
  askHelp: "PortOne is asked now what became of this order, and its answer is applied as it is: the order may become paid, or cancelled.",
  askedNow: "PortOne is being asked. The answer is shown here.",
  alreadyAsked: "PortOne is being asked already. Wait a moment.",
};

export const MONEY = { ko, en };
