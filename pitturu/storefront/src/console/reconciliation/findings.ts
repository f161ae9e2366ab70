// What a difference is, and what to do about it, in both languages.

import type { Language } from "../../i18n/language.js";
import type { Schemas } from "../api.js";

export type Finding = Schemas["Finding"];
type Kind = Finding["kind"];
type Pair = readonly [ko: string, en: string];

interface Texts {
  title: Pair;
  /** What to do while it is open. */
  todo: (finding: Finding) => Pair;
}

const ASK_AGAIN: Pair = [
  "‘포트원에 다시 확인’을 누르고 결제 화면에서 결과를 보세요. 그대로면 포트원 콘솔의 내역과 비교하세요.",
  "Ask PortOne again and see the payment’s page. If it stays, compare it with PortOne’s console.",
];

const KINDS: Record<Kind, Texts> = {
  missing_here: { title: ["포트원에만 있는 결제", "Payment missing here"], todo: () => ASK_AGAIN },
  missing_there: {
    title: ["포트원이 모르는 결제", "Payment unknown to PortOne"],
    todo: () => [
      "설정의 포트원 API 키가 이 결제를 받은 계정의 것인지, 포트원 콘솔에 이 결제가 있는지 확인하세요.",
      "Check that the keys of PortOne’s API are of the account that took this payment, and look it up in PortOne’s console.",
    ],
  },
  status: {
    title: ["결제 상태가 달라요", "Another status"],
    todo: ({ theirs }) =>
      theirs === "paid"
        ? ASK_AGAIN
        : [
            "우리는 결제됨으로 기록했는데 포트원에는 받은 돈이 없어요. 포트원 콘솔에서 확인하기 전에는 물건을 보내지 마세요.",
            "We recorded a payment and PortOne has no money for it. Do not ship before you have looked it up in PortOne’s console.",
          ],
  },
  amount: {
    title: ["결제 금액이 달라요", "Another amount"],
    todo: () => [
      "포트원 콘솔에서 실제로 결제된 금액을 확인하고, 다르면 결제 화면에서 환불하세요.",
      "See in PortOne’s console what was charged, and refund it on the payment’s page where it is wrong.",
    ],
  },
  cancelled_amount: {
    title: ["환불 금액이 달라요", "Another refunded amount"],
    todo: ({ ours, theirs }) =>
      Number(theirs) > Number(ours)
        ? ASK_AGAIN
        : [
            "우리 기록의 환불이 포트원보다 많아요. 구매자가 돈을 받았는지 포트원 콘솔에서 확인하세요.",
            "We recorded more refunds than PortOne. See in PortOne’s console whether the buyer got the money.",
          ],
  },
  method: { title: ["결제수단이 달라요", "Another payment method"], todo: () => NOTHING },
  unknown: { title: ["모르는 주문의 결제", "Payment of an unknown order"], todo: unknownTodo },
  receipt_missing: {
    title: ["포트원에 없는 현금영수증", "Cash receipt missing at PortOne"],
    todo: () => [
      "PG사 콘솔에서 현금영수증을 찾아보고, 없으면 결제 화면에서 다시 발급하세요.",
      "Look the cash receipt up in the PG’s console. If there is none, have it issued again on the payment’s page.",
    ],
  },
  receipt_unknown: {
    title: ["우리가 모르는 현금영수증", "Cash receipt unknown here"],
    todo: (finding) =>
      isUnissued(finding)
        ? [
            "우리가 만든 적 없는 주문번호예요. 이 포트원 계정을 쓰는 다른 시스템의 것이 아니면 포트원 콘솔에서 확인하세요.",
            "We never issued this order number. Unless another system uses this PortOne account, see PortOne’s console.",
          ]
        : [
            "누군가 콘솔에서 발급했어요. 두 번 발급됐으면 콘솔에서 취소하고, 환불할 때는 현금영수증도 직접 취소하세요.",
            "Somebody issued it in a console. Cancel it there if it is one too many, and whenever the money goes back.",
          ],
  },
  receipt_amount: {
    title: ["현금영수증 금액이 달라요", "Cash receipt about another amount"],
    todo: () => [
      "PG사 콘솔에서 확인하고, 고쳐지지 않았으면 결제 화면에서 다시 발급하세요.",
      "See the PG’s console, and have it issued again on the payment’s page unless it was corrected.",
    ],
  },
  receipt_cancelled: {
    title: ["우리가 취소하지 않은 현금영수증 취소", "Cash receipt cancelled, not by us"],
    todo: () => [
      "누가 왜 취소했는지 확인하세요. 구매자가 받아야 하면 결제 화면에서 다시 발급하세요.",
      "Find out who cancelled it and why. If the buyer is to have one, have it issued again on the payment’s page.",
    ],
  },
  webhook_missing: { title: ["오지 않은 웹훅", "Missing webhook"], todo: () => NO_WEBHOOK },
};

const NOTHING: Pair = ["없음", "Nothing."];

const NO_WEBHOOK: Pair = [
  "다른 길로 확인했으니 결제는 괜찮아요. 여러 건이면 포트원 콘솔의 웹훅 주소를 확인하세요.",
  "The payment is fine: it became known in another way. If there are many, check the webhook’s URL in PortOne’s console.",
];

/** What is said of a difference by its state, whatever its kind. */
const BY_STATE: Partial<Record<Finding["state"], Pair>> = {
  asked: ["포트원의 답을 기다려요. 할 일은 없어요.", "PortOne’s answer is awaited. There is nothing to do."],
  healed: ["바로잡았어요. 할 일 없음", "Corrected. Nothing to do."],
};

/** The server explains in English why an unknown payment was not refunded: a part of each text, and it in Korean. */
const UNKNOWN: readonly (readonly [part: string, ko: string])[] = [
  ["Its refund needs an account", "환불 계좌가 필요한 결제예요. 포트원 콘솔에서 환불하세요."],
  ["An earlier comparison has begun", "이전 대사가 시작한 환불이 진행 중이에요. ‘확인 필요’에 멈춘 환불이 있는지 보세요."],
  ["Nothing is refunded beyond", "모르는 결제가 너무 많아 환불을 멈췄어요. 포트원 계정을 다른 시스템과 함께 쓰는지, 데이터베이스를 오래된 백업에서 복구했는지 확인하세요."],
  ["It was not refunded", "자동 환불이 거절됐어요. 포트원 콘솔에서 환불하세요."],
];

function unknownTodo({ words }: Finding): Pair {
  const known = UNKNOWN.find(([part]) => words.includes(part));
  const korean = known?.[1] ?? "이 포트원 계정을 쓰는 다른 시스템의 결제인지 확인하고, 아니면 포트원 콘솔에서 환불하세요.";
  return [korean, words];
}

/** What a difference is about. */
export function findingTitle({ kind }: Pick<Finding, "kind">, language: Language): string {
  const texts = KINDS[kind] as Texts | undefined;
  return texts ? texts.title[language === "ko" ? 0 : 1] : kind;
}

/** What an operator does about it. */
export function findingTodo(finding: Finding, language: Language): string {
  const texts = KINDS[finding.kind] as Texts | undefined;
  if (!texts) return finding.words;
  const informs = finding.kind === "method" || finding.kind === "webhook_missing";
  const pair = informs ? texts.todo(finding) : (BY_STATE[finding.state] ?? texts.todo(finding));
  return pair[language === "ko" ? 0 : 1];
}

/** Whether it is about an order number that was never issued here: of it only PortOne has anything. */
export function isUnissued({ kind, order_id, provider_id, refund }: Finding): boolean {
  return kind === "unknown" ? refund === null : kind === "receipt_unknown" && order_id === provider_id;
}

/** Whether asking PortOne about the order again may settle it. */
export function canAskAgain({ kind, state }: Finding): boolean {
  return state === "open" && kind !== "unknown" && kind !== "webhook_missing" && kind !== "method" && !kind.startsWith("receipt_");
}
