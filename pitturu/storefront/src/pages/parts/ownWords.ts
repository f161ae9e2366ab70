// Texts of the pages of what a buyer has bought. They stand apart from those of all pages, since a checkout needs none of them.

import { useLanguage } from "../../i18n/language.js";

const ko = {
  history: {
    heading: "구매 내역",
    empty: "조건에 맞는 내역이 없어요.",
    emptyAll: "아직 구매하신 상품이 없어요.",
    status: "상태",
    any: "전체",
    from: "시작일",
    to: "종료일",
    apply: "조회",
    clear: "조건 지우기",
    newer: "이전 쪽",
    older: "다음 쪽",
    page: (number: number) => `${number}쪽`,
    details: "상세 보기",
    hide: "접기",
    cancel: "취소·환불 요청",
    returnIt: "반품·환불 신청",
    days: "기간",
    refunded: (amount: string, back: string) => `${amount} 중 ${back} 환불`,
    refundedAll: "전액 환불",
  },

  inventory: {
    heading: "보유 상품",
    empty: "아직 보유한 상품이 없어요. 상품을 구매하면 여기에 나타나요.",
    since: (when: string) => `${when} 변경`,
  },
};

const en: typeof ko = {
  history: {
    heading: "Purchases",
    empty: "Nothing matches.",
    emptyAll: "You have not bought anything yet.",
    status: "Status",
    any: "All",
    from: "From",
    to: "To",
    apply: "Show",
    clear: "Clear",
    newer: "Previous page",
    older: "Next page",
    page: (number) => `Page ${number}`,
    details: "Details",
    hide: "Hide",
    cancel: "Cancel or refund",
    returnIt: "Return and refund",
    days: "Dates",
    refunded: (amount, back) => `${back} of ${amount} refunded`,
    refundedAll: "Refunded in full",
  },

  inventory: {
    heading: "My items",
    empty: "You own nothing yet. What you buy will show up here.",
    since: (when) => `Changed ${when}`,
  },
};

export type OwnWords = typeof ko;

/** `history` of the purchases, `inventory` of the items that the buyer has. */
export function useOwnWords(): OwnWords {
  return { ko, en }[useLanguage().language];
}
