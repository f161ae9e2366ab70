import type { Language } from "../../i18n/language.js";
import type { Schemas } from "../api.js";

type Explanation = Schemas["Explanation"];

const NOTHING = { ko: "할 일이 없어요.", en: "Nothing." };
const IN_CONSOLE = {
  ko: "승인하거나, 사유를 적어 거절하세요.",
  en: "Approve it, or reject it with a reason.",
};

/** What is waited for, and what to do, for the operator of a console. The server's texts name the API in place of buttons. */
const TEXTS = {
  dead: {
    ko: ["계속 실패해서 시도를 멈췄어요", "마지막 오류의 원인을 없앤 다음 ‘다시 시도’를 누르세요."],
    en: ["It failed, and its tries ran out", "Remove the cause that the last error names, then try it again."],
  },
  failing: {
    ko: ["계속 실패하고 있고, 아직 시도 중이에요", "마지막 오류의 원인을 없애세요. ‘다시 시도’를 누르면 지금 시도해요."],
    en: ["It fails, and is still tried", "Remove the cause that the last error names. To try it now, try it again."],
  },
  due: {
    ko: ["워커가 처리할 차례예요", "할 일이 없어요. 몇 분이 지나도 그대로면 ‘개요’에서 워커가 돌고 있는지 보세요."],
    en: ["A worker does it next", "Nothing. If it takes minutes, the overview shows whether workers are missing."],
  },
  retry: {
    ko: ["지금까지 실패했고, 다음 시도를 기다려요", "마지막 오류가 우리만 고칠 수 있는 것이 아니라면 할 일이 없어요."],
    en: ["It has failed so far, and waits for its next try", "Nothing, unless the last error names something that only you can change."],
  },
  running: {
    ko: ["워커가 처리하고 있어요", "할 일이 없어요. 워커가 죽으면 다른 워커가 이어서 해요."],
    en: ["A worker is doing it", "Nothing. If that worker dies, another one does it."],
  },
  scheduled: { ko: ["다음 단계를 기다려요", NOTHING.ko], en: ["It waits for its next step", "Nothing: it is scheduled."] },
  buyerPays: {
    ko: ["구매자가 결제할 때까지 기다려요", "할 일이 없어요. 기한이 되면 포트원에 확인해요."],
    en: ["The buyer has not paid yet", "Nothing: PortOne is asked at the deadline."],
  },
  deposit: {
    ko: ["구매자의 입금을 기다려요", "할 일이 없어요. 그동안 포트원에 계속 확인해요."],
    en: ["The buyer has not made the deposit yet", "Nothing: PortOne is asked meanwhile."],
  },
  mismatched: {
    ko: ["금액이나 통화가 주문과 달라 받지 않은 결제예요", "자동으로 환불해요. 아래 취소에서 환불이 어디까지 됐는지 보세요."],
    en: ["What was paid differs from the order, so it is not kept", "Nothing: it is refunded automatically. See the cancels below."],
  },
  lastLook: {
    ko: ["끝난 주문이에요. 놓친 결제가 없는지 포트원에 한 번 더 확인해요", NOTHING.ko],
    en: ["Nothing; PortOne is asked once more, in case there is a second payment", NOTHING.en],
  },
  over: { ko: ["기다리는 것이 없어요", NOTHING.ko], en: ["Nothing", NOTHING.en] },
  refunds: {
    ko: ["환불이 끝나지 않았어요", "아래에서 취소마다 무엇을 기다리는지 보세요."],
    en: ["A refund of it is pending", "See each of the cancels."],
  },
  notRefunded: {
    ko: ["받지 않기로 한 결제인데 아직 환불되지 않았어요", "환불이 거절된 이유를 PG에 묻고, ‘환불’로 다시 요청하세요."],
    en: ["It was not accepted, and not refunded yet", "Ask the PG why it refused the refund, then request it again."],
  },
  return_requested: {
    ko: ["구매자가 반품을 신청했어요", IN_CONSOLE.ko],
    en: ["The buyer requests to return what was sent", IN_CONSOLE.en],
  },
  awaiting_approval: {
    ko: ["한 명이 환불할 수 있는 금액을 넘어 두 번째 운영자를 기다려요", IN_CONSOLE.ko],
    en: ["It is more than one operator may refund alone", `A second operator decides. ${IN_CONSOLE.en}`],
  },
  needs_account: {
    ko: ["환불받을 계좌를 몰라요", "구매자에게 계좌를 물어본 다음 ‘환불’에서 입력하세요."],
    en: ["The account to refund to is not known", "Ask the buyer for a bank account, then refund it to that one."],
  },
  refused: {
    ko: ["PG가 환불을 거절했어요", "환불이 아직 필요하면 PG에 이유를 묻고, ‘환불’로 다시 요청하세요."],
    en: ["The PG refused the refund", "If the money is still owed, ask the PG why, then request it again."],
  },
  goodsRefused: {
    ko: [
      "구매자가 에스크로 구매를 거절했어요",
      "구매자와 먼저 이야기하세요. 물건을 돌려받으면 PG 관리자에서 구매 거절을 확정하고, 결제 화면에서 환불하세요.",
    ],
    en: [
      "The buyer of an escrow payment refuses the goods",
      "Talk to the buyer first. Once the goods are back, confirm the refusal in the PG's administration and refund the payment.",
    ],
  },
  receipt: {
    ko: ["현금영수증을 발급하지 못했거나 금액이 달라요", "주문의 현금영수증에서 ‘다시 발급’을 누르거나, PG 관리자에서 처리하고 ‘확인 완료’를 누르세요."],
    en: [
      "The cash receipt could not be issued, or is about another amount",
      "Have it issued again on the order's page, or do it in the PG's console and acknowledge this.",
    ],
  },
  refusedRevoke: {
    ko: ["PG가 가상계좌를 없애지 않았어요", "구매자가 입금하면 자동으로 환불 절차가 시작돼요. 필요하면 PG에 이유를 물어보세요."],
    en: ["The PG did not withdraw the virtual account", "A deposit is refunded automatically. Ask the PG why if it matters."],
  },
  earlier: {
    ko: ["같은 결제의 앞선 취소를 기다려요", "앞선 취소가 무엇을 기다리는지 보세요. 취소는 하나씩 차례로 보내요."],
    en: ["An earlier cancel of the same payment comes first", "See what that one waits for: they go one after the other."],
  },
  orphaned: {
    ko: ["우리가 만들지 않은 주문번호의 웹훅이에요", "포트원 콘솔에서 주문번호를 찾아보세요. 같은 계정의 다른 시스템 것이거나 위조예요. 우리 주문이면 ‘다시 시도’, 아니면 ‘확인 완료’을 누르세요."],
    en: [
      "Its order number was never issued here",
      "Look the order number up in PortOne's console: it is of another system on the account, or forged. If it is ours, try it again; else acknowledge it.",
    ],
  },
} as const satisfies Record<string, Record<Language, readonly [what: string, todo: string]>>;

type Case = keyof typeof TEXTS;

const DECIDED: Partial<Record<string, Case>> = {
  succeeded: "over",
  rejected: "over",
  return_requested: "return_requested",
  awaiting_approval: "awaiting_approval",
  needs_account: "needs_account",
};

/** What something waits for, and what to do about it: by its state, or as the server says it where that is unknown here. */
export function explained(explanation: Explanation, language: Language, now = Date.now()): { what: string; todo: string } {
  const found = caseOf(explanation, now);
  if (found === null) return { what: explanation.waits_for, todo: explanation.todo };
  const [what, todo] = TEXTS[found][language];
  return { what, todo };
}

/** Whether others of the same order say the same: the order about a deposit, the cancels about refunds. */
export function isRepeated({ kind, status, waits_for }: Explanation): boolean {
  return kind === "payment" && (status === "awaiting_deposit" || waits_for.startsWith("pending refunds"));
}

function caseOf(explanation: Explanation, now: number): Case | null {
  const { kind, status, next_try } = explanation;
  if (kind === "payment") return caseOfPayment(explanation);
  if (kind === "cancellation") {
    if (status === "refused") return /virtual account/.test(explanation.todo) ? "refusedRevoke" : "refused";
    const decided = DECIDED[status];
    if (decided) return decided;
    if (explanation.waits_for.startsWith("the earlier cancel")) return "earlier";
  }
  if (kind === "cash_receipt") {
    if (status === "failed" || status === "differs") return "receipt";
    if (status === "issued" || status === "cancelled") return "over";
  }
  if (kind === "shipment" && explanation.waits_for.startsWith("an operator: the buyer")) return "goodsRefused";
  if (kind === "webhook") {
    if (status === "done" || status === "ignored") return "over";
    if (status === "orphaned" && next_try === null) return "orphaned";
  }
  return caseOfWork(explanation, now) ?? (kind === "session" ? caseOfSession(explanation) : null) ?? (next_try === null ? null : "scheduled");
}

function caseOfWork({ next_try, dead_since, last_error, attempts }: Explanation, now: number): Case | null {
  if (dead_since !== null) return next_try === null ? "dead" : "failing";
  if (next_try === null) return null;
  if (Date.parse(next_try) <= now) return "due";
  if (last_error !== null) return "retry";
  return attempts > 0 ? "running" : null;
}

function caseOfSession({ status, next_try }: Explanation): Case {
  if (status === "prepared") return "buyerPays";
  if (status === "awaiting_deposit") return "deposit";
  if (status === "created" || status === "verifying") return "scheduled";
  if (status === "mismatched") return "mismatched";
  return next_try === null ? "over" : "lastLook";
}

function caseOfPayment({ status, turn, waits_for }: Explanation): Case {
  if (waits_for.startsWith("pending refunds")) return "refunds";
  if (turn === "operator") return "notRefunded";
  return status === "awaiting_deposit" ? "deposit" : "over";
}
