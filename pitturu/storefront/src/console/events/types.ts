import type { Language } from "../../i18n/language.js";
import type { Schemas } from "../api.js";

export type ShopEvent = Schemas["ShopEvent"];
export type EventType = ShopEvent["type"];
export type Endpoint = Schemas["ListedEndpoint"];
export type Delivery = Schemas["Delivery"];

const TEXTS: Record<EventType, readonly [ko: string, en: string]> = {
  "payment.paid": ["결제 완료", "Paid"],
  "payment.failed": ["결제 실패", "Payment failed"],
  "payment.cancelled": ["전체 취소", "Cancelled"],
  "payment.partially_cancelled": ["부분 취소", "Partially cancelled"],
  "session.expired": ["시간 초과", "Expired"],
  "deposit.awaited": ["입금 대기", "Deposit awaited"],
  "refund.refused": ["환불 거절", "Refund refused"],
  "cash_receipt.issued": ["현금영수증 발급", "Cash receipt issued"],
  "cash_receipt.cancelled": ["현금영수증 취소", "Cash receipt cancelled"],
  "cash_receipt.failed": ["현금영수증 실패", "Cash receipt failed"],
  "cash_receipt.differs": ["현금영수증 불일치", "Cash receipt differs"],
  "discrepancy.found": ["대사 차이", "Discrepancy found"],
  "endpoint.test": ["테스트", "Test"],
};

/** Types that an endpoint can choose. */
export const TYPES = (Object.keys(TEXTS) as EventType[]).filter((type) => type !== "endpoint.test");

/** A type in words; its name where a newer server has one that this page does not know. */
export function typeText(type: string, language: Language): string {
  return TEXTS[type as EventType]?.[language === "ko" ? 0 : 1] ?? type;
}

/** A text of an event's data; "" where it has none. */
export function datum(event: ShopEvent, name: string): string {
  const value: unknown = event.data[name];
  return typeof value === "string" ? value : "";
}

/** The comparison that found a discrepancy; "" of other events. */
export function comparisonOf(event: ShopEvent): string {
  const found: unknown = event.data["discrepancy"];
  const id: unknown = typeof found === "object" && found !== null ? (found as Record<string, unknown>)["comparison_id"] : null;
  return typeof id === "string" ? id : "";
}
