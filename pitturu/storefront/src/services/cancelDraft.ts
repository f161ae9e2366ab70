// A refund request while the buyer is still editing it.

import { type Complaints, only } from "./validation.js";
import type { Words } from "../i18n/language.js";
import type { CancelWish, FullPayment, RefundAccount, Session } from "../types/payment.js";

export interface Draft {
  how: "full" | "pieces";
  pieces: string;
  reason: string;
  bank: RefundAccount["bank"] | "";
  number: string;
  holder: string;
}

export const EMPTY: Draft = { how: "full", pieces: "", reason: "", bank: "", number: "", holder: "" };

export type Wrong = Complaints<keyof Draft>;

/** The options of this payment's cancel besides the reason. */
export function needsOf(payment: FullPayment): { revoke: boolean; account: boolean } {
  return {
    revoke: payment.status === "awaiting_deposit",
    account: payment.pay_method === "vbank" && payment.paid_at !== null,
  };
}

export function leftOf(payment: FullPayment): number {
  return payment.amount - payment.cancelled_amount;
}

export function complaintsAbout(words: Words, draft: Draft, payment: FullPayment, session: Session): Wrong {
  const { account } = needsOf(payment);
  const within = (text: string, most: number) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most;
  return only<keyof Draft>({
    how: undefined,
    pieces: draft.how !== "pieces" || within(draft.pieces, session.quantity) ? undefined : words.errors.pieces(session.quantity),
    reason: draft.reason.trim() ? undefined : words.errors.reason,
    bank: !account || draft.bank ? undefined : words.errors.bank,
    number: !account || /^\d[\d-]{5,15}$/.test(draft.number) ? undefined : words.errors.account,
    holder: !account || draft.holder.trim() ? undefined : words.errors.holder,
  });
}

export function wishOf({ bank, ...draft }: Draft, account: boolean): CancelWish {
  return {
    reason: draft.reason.trim(),
    ...(draft.how === "pieces" ? { quantity: Number(draft.pieces) } : {}),
    ...(account && bank ? { refund_account: { bank, number: draft.number, holder: draft.holder.trim() } } : {}),
  };
}
