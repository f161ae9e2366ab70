// What a page of an error says, by the status of the response.

const ko = {
  404: { heading: "찾으시는 페이지가 없어요", advice: "주소가 바뀌었거나 잘못 입력됐을 수 있어요. 상품 목록이나 구매 내역에서 다시 찾아 주세요." },
  405: { heading: "이 주소로는 그렇게 보낼 수 없어요", advice: "앞 페이지로 돌아가서 다시 시도해 주세요." },
  429: { heading: "요청이 너무 많았어요", advice: "잠시 기다렸다가 다시 시도해 주세요." },
  503: { heading: "지금은 잠시 이용할 수 없어요", advice: "주문과 결제는 안전하게 보관돼 있어요. 잠시 후 다시 시도해 주세요." },
  other: { heading: "예상하지 못한 문제가 생겼어요", advice: "다시 시도해 주세요. 계속되면 판매자에게 문의해 주세요." },
  number: (id: string) => `문의 번호: ${id}`,
};

const en: typeof ko = {
  404: { heading: "There is no such page", advice: "Its address may have changed or been mistyped. Look in the shop or in your purchases." },
  405: { heading: "This address cannot be used like that", advice: "Please go back to the page before and try again." },
  429: { heading: "Too many requests", advice: "Please wait a moment, then try again." },
  503: { heading: "We are away for a moment", advice: "Your orders and payments are safe. Please try again in a while." },
  other: { heading: "Something unexpected happened", advice: "Please try again. If it stays, please contact the shop." },
  number: (id) => `Reference number: ${id}`,
};

const TEXTS = { ko, en };

type Status = Exclude<keyof typeof ko, "number">;

/** The texts of this status, and how the number of the request is shown. */
export function errorTexts(language: keyof typeof TEXTS, status: string) {
  const texts = TEXTS[language];
  const known = /^[0-9]+$/.test(status) && status in texts ? (Number(status) as Status) : "other";
  return { ...texts[known], number: texts.number };
}
