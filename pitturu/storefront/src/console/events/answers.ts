// What endpoints answered, and why nothing is sent to them: the server says it in English.

import type { Language } from "../../i18n/language.js";

const KOREAN: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [/answered HTTP 410/, () => "HTTP 410으로 답해서 더 받지 않겠다고 알렸어요."],
  [/^The endpoint answered HTTP (\d+)/, ([, status]) => `HTTP ${status}로 답했어요. 2xx로 답해야 받은 것으로 쳐요.`],
  [/^The endpoint did not answer \((\w+)\)/, ([, kind]) => `답하지 않았어요 (${kind}).`],
  [/address that is not public/, () => "인터넷에서 닿는 주소가 아니라서 보내지 않았어요. URL이나 DNS를 고쳐 주세요."],
  [/^withdrawn, because its endpoint is paused/, () => "멈춘 주소라서 보내지 않았어요. 재개하면 보내요."],
  [/^withdrawn, because its endpoint was deleted/, () => "삭제한 주소라서 보내지 않았어요."],
  [/^It took no event for (\d+) days\. The last try: (.*)$/, ([, days, last]) => `${days}일 동안 하나도 받지 못했어요. 마지막 시도: ${inKorean(last ?? "")}`],
];

/** An answer or a reason in the language of the page; as the server says it where we have no text. */
export function answerText(text: string, language: Language): string {
  return language === "ko" ? inKorean(text) : text;
}

function inKorean(text: string): string {
  for (const [pattern, say] of KOREAN) {
    const found = pattern.exec(text);
    if (found) return say(found);
  }
  return text;
}
