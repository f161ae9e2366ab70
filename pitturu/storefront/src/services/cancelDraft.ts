// A refund request while the buyer is still editing it.

import { type Complaints, isTel, only } from "./validation.js";
import type { Words } from "../i18n/language.js";
import type { CancelWish, FullPayment, RefundAccount } from "../types/payment.js";

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

/** Why a request is not executed at once, or not possible any more; empty where the buyer cancels alone. */
export function wayText(words: Words, payment: FullPayment): string {
  const reason = payment.cancellation_options?.way_reason;
  return reason ? words.cancel.ways[reason] : "";
}

export function isReturn(payment: FullPayment): boolean {
  return payment.cancellation_options?.way === "return_request";
}

/** Pieces that the buyer can still give back: owned, and in no request that is open. */
export function piecesLeft(payment: FullPayment): number {
  return payment.lines.reduce((sum, line) => sum + line.owned - line.cancelling, 0);
}

const OPEN_STAGES = ["return_requested", "awaiting_approval", "needs_account", "requested", "sent"];

/** Won that a request of all that is left gives back: no more than the price of the pieces. */
export function leftOf(payment: FullPayment): number {
  const open = payment.cancellations.filter((row) => OPEN_STAGES.includes(row.stage));
  const left = payment.amount - payment.cancelled_amount - open.reduce((sum, row) => sum + row.amount, 0);
  return Math.min(left, payment.lines.reduce((sum, line) => sum + (line.owned - line.cancelling) * line.unit_price, 0));
}

export function complaintsAbout(words: Words, draft: Draft, payment: FullPayment): Wrong {
  const { account, tel } = needsOf(payment);
  const most = piecesLeft(payment);
  const within = (text: string, most: number) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most;
  return only<keyof Draft>({
    how: undefined,
    pieces: draft.how !== "pieces" || within(draft.pieces, most) ? undefined : words.errors.pieces(most),
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
