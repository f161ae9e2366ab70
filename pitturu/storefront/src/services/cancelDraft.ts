// A refund request while the buyer is still editing it.

import { type Complaints, isTel, only } from "./validation.js";
import type { Words } from "../i18n/language.js";
import type { CancelWish, FullPayment, RefundAccount, Session } from "../types/payment.js";

export interface Draft {
  how: "full" | "pieces";
  pieces: string;
  reason: string;
  bank: RefundAccount["bank"] | "";
  number: string;
  holder: string;
  tel: string;
}

export const EMPTY: Draft = { how: "full", pieces: "", reason: "", bank: "", number: "", holder: "", tel: "" };

export type Wrong = Complaints<keyof Draft>;

/** The options of this payment's cancel besides the reason. */
export function needsOf(payment: FullPayment): { revoke: boolean; partial: boolean; account: boolean; tel: boolean } {
  const options = payment.cancellation_options;
  return {
    revoke: payment.status === "awaiting_deposit",
    partial: options?.partial ?? false,
    account: options?.account_required ?? false,
    tel: options?.tel_required ?? false,
  };
}

/** Why the PG cannot do every cancel of this payment; empty when it can. */
export function reasonText(words: Words, payment: FullPayment): string {
  const reason = payment.cancellation_options?.reason;
  return reason ? words.problems[reason] : "";
}

export function leftOf(payment: FullPayment): number {
  return payment.amount - payment.cancelled_amount;
}

export function complaintsAbout(words: Words, draft: Draft, payment: FullPayment, session: Session): Wrong {
  const { account, tel } = needsOf(payment);
  const within = (text: string, most: number) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most;
  return only<keyof Draft>({
    how: undefined,
    pieces: draft.how !== "pieces" || within(draft.pieces, session.quantity) ? undefined : words.errors.pieces(session.quantity),
    reason: draft.reason.trim() ? undefined : words.errors.reason,
    bank: !account || draft.bank ? undefined : words.errors.bank,
    number: !account || /^\d[\d-]{5,15}$/.test(draft.number) ? undefined : words.errors.account,
    holder: !account || draft.holder.trim() ? undefined : words.errors.holder,
    tel: !tel || isTel(draft.tel.trim()) ? undefined : words.errors.tel,
  });
}

export function wishOf({ bank, ...draft }: Draft, account: boolean): CancelWish {
  const tel = draft.tel.trim();
  return {
    reason: draft.reason.trim(),
    ...(draft.how === "pieces" ? { quantity: Number(draft.pieces) } : {}),
    ...(account && bank ? { refund_account: { bank, number: draft.number, holder: draft.holder.trim(), ...(tel ? { tel } : {}) } } : {}),
  };
}
