import type { Language } from "../../i18n/language.js";

/** What PortOne reports: V1's status, or V2's type without `Transaction.`, in both languages. */
const KINDS: Record<string, readonly [ko: string, en: string]> = {
  paid: ["결제됨", "paid"],
  ready: ["결제 준비", "ready"],
  virtualaccountissued: ["가상계좌 발급", "account issued"],
  partialcancelled: ["부분 취소됨", "partially cancelled"],
  cancelled: ["취소됨", "cancelled"],
  cancelpending: ["취소 요청됨", "cancel pending"],
  failed: ["결제 실패", "failed"],
  paypending: ["결제 대기", "payment pending"],
  disputecreated: ["분쟁 발생", "dispute opened"],
  disputeresolved: ["분쟁 해결", "dispute resolved"],
};

/** What a webhook reports in words; PortOne's own word where we have none. */
export function kindText(status: string, language: Language): string {
  if (status.startsWith("escrow.")) {
    const word = status.slice("escrow.".length);
    return language === "ko" ? `에스크로 알림: ${word} (확인되지 않음)` : `escrow: ${word} (unverified)`;
  }
  const known = KINDS[status.replace(/^Transaction\./, "").toLowerCase()];
  return known ? known[language === "ko" ? 0 : 1] : status || "–";
}
