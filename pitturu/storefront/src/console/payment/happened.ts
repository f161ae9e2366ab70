// The lines of a timeline in words, for operators: every one, also those between two steps of the buyer.

import type { Words } from "../../i18n/language.js";
import type { Event, SessionStatus } from "../../types/payment.js";

const ko = {
  opened: "주문을 열었어요",
  cancel_requested: "취소를 요청했어요",
  cancel_refused: "취소가 거절됐어요",
  cancel_approved: "판매자가 환불을 승인했어요",
  cancel_rejected: "판매자가 환불을 거절했거나, 신청이 철회됐어요",
  fulfilment: "배송 상태가 바뀌었어요",
  method_changed: "결제 수단을 바꿨어요",
  given_up: "결제를 그만뒀어요",
  receipt_issued: "현금영수증이 발급됐어요",
  receipt_cancelled: "현금영수증이 취소됐어요",
  receipt_failed: "현금영수증을 발급하지 못했어요",
  receipt_differs: "현금영수증이 받은 금액과 달라요",
  compared: "대사가 확인했어요",
  replayed: "운영자가 다시 시도하게 했어요",
  received: (amount: string) => `${amount} 받았어요`,
  returned: (amount: string) => `${amount} 돌려드렸어요`,
};

const en: typeof ko = {
  opened: "Order opened",
  cancel_requested: "Cancellation requested",
  cancel_refused: "Cancellation refused",
  cancel_approved: "Refund approved by the shop",
  cancel_rejected: "Refund rejected by the shop, or request taken back",
  fulfilment: "Delivery",
  method_changed: "Payment method changed",
  given_up: "Given up",
  receipt_issued: "Cash receipt issued",
  receipt_cancelled: "Cash receipt cancelled",
  receipt_failed: "Cash receipt not issued",
  receipt_differs: "Cash receipt does not match the money",
  compared: "A comparison looked at it",
  replayed: "An operator had it tried again",
  received: (amount) => `${amount} received`,
  returned: (amount) => `${amount} given back`,
};

export const TEXTS = { ko, en };

type Line = Pick<Event, "kind" | "amount" | "from" | "to" | "detail">;

/** A line in words; its kind where there are none. `shared` has the names of statuses and deliveries. */
export function happened(texts: typeof ko, shared: Words, event: Line): string {
  if (event.kind === "money") {
    return event.amount >= 0 ? texts.received(shared.won(event.amount)) : texts.returned(shared.won(-event.amount));
  }
  if (event.kind === "status") return event.from === null ? texts.opened : shared.status[event.to as SessionStatus];
  if (event.kind === "fulfilment") {
    // "none -> shipped"
    const reached = event.detail?.split(" -> ")[1] ?? "";
    return (shared.fulfilment as Record<string, string>)[reached] ?? texts.fulfilment;
  }
  const note = (texts as Record<string, unknown>)[event.kind];
  return typeof note === "string" ? note : event.kind;
}
