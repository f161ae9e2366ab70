// A refund request while the buyer is still editing it.

import { plainDigits, wholeNumber } from "./numbers.js";
import { type Complaints, isTel, only } from "./validation.js";
import type { Words } from "../i18n/language.js";
import type { Cancellation, CancelWish, FullPayment, Line, RefundAccount } from "../types/payment.js";

/** What has to be known of a line to take pieces of it back. */
export type ReturnableLine = Pick<
  Line,
  "line_id" | "item_name" | "unit_price" | "owned" | "cancelling" | "way" | "way_reason"
>;

/** What has to be known of a payment to refund it. */
export type Refundable = Pick<FullPayment, "status" | "amount" | "cancelled_amount" | "shipping" | "discount" | "cancellation_options"> & {
  readonly lines: readonly ReturnableLine[];
  readonly cancellations: readonly Pick<Cancellation, "stage" | "amount">[];
};

export interface Draft {
  how: "full" | "pieces";
  /** What was typed, by line id. */
  pieces: Readonly<Record<string, string>>;
  reason: string;
  bank: RefundAccount["bank"] | "";
  number: string;
  holder: string;
  tel: string;
}

/** Begins with all that is left, unless only some lines of it can still be cancelled. */
export function blankDraft(payment: Refundable): Draft {
  const how = payment.cancellation_options?.way === "none" ? "pieces" : "full";
  return { how, pieces: {}, reason: "", bank: "", number: "", holder: "", tel: "" };
}

/** Complaints by field; those about pieces by line id. */
export type Wrong = Complaints<string>;

/** The options of this payment's cancel besides the reason. */
export function needsOf(payment: Refundable): { revoke: boolean; partial: boolean; account: boolean; tel: boolean } {
  const options = payment.cancellation_options;
  return {
    revoke: payment.status === "awaiting_deposit",
    partial: options?.partial ?? false,
    account: options?.account_required ?? false,
    tel: options?.tel_required ?? false,
  };
}

/** Why the PG cannot do every cancel of this payment; empty when it can. */
export function reasonText(words: Words, payment: Refundable): string {
  const reason = payment.cancellation_options?.reason;
  return reason ? words.problems[reason] : "";
}

type Ways = Pick<Line, "way" | "way_reason">;

/** Why a request is not executed at once, or not possible any more; empty where the buyer cancels alone. */
export function wayText(words: Words, ways: Ways | null): string {
  return ways?.way_reason ? words.cancel.ways[ways.way_reason] : "";
}

/** The lines with pieces that the buyer can still give back, also those whose time is over. */
export function linesLeft(payment: Refundable): readonly ReturnableLine[] {
  return payment.lines.filter((line) => leftIn(line) > 0);
}

/** Pieces that are owned, and in no request that is open. */
export function leftIn(line: ReturnableLine): number {
  return line.owned - line.cancelling;
}

/** Whether the buyer can cancel only some of what is left: there are several pieces, and the PG can do it. */
export function mayChoose(payment: Refundable): boolean {
  return needsOf(payment).partial && linesLeft(payment).reduce((sum, line) => sum + leftIn(line), 0) > 1;
}

/** Whether something can be cancelled or a return of it be requested: all that is left, or at least one line of it. */
export function isPossible(payment: Refundable): boolean {
  const options = payment.cancellation_options;
  if (options === null || options.way !== "none") return true;
  return mayChoose(payment) && linesLeft(payment).some((line) => line.way !== "none");
}

/** The quantity that was typed for a line; NaN for something else than a number. */
export function typedFor(draft: Draft, line: ReturnableLine): number {
  return wholeNumber(draft.pieces[line.line_id] ?? "");
}

/** What the buyer is asking for as the draft is now: the strictest way of the lines concerned. */
export function wayOf(draft: Draft, payment: Refundable): Ways | null {
  if (draft.how === "full") return payment.cancellation_options;
  const chosen = linesLeft(payment).filter((line) => typedFor(draft, line) > 0);
  return chosen.find((line) => line.way === "return_request") ?? chosen[0] ?? null;
}

/** Whether every request that is possible is a return request. */
export function isReturn(payment: Refundable): boolean {
  const possible = linesLeft(payment).filter((line) => line.way !== "none");
  const ways = mayChoose(payment) ? possible.map((line) => line.way) : [payment.cancellation_options?.way];
  return ways.length > 0 && ways.every((way) => way === "return_request");
}

const OPEN_STAGES = ["return_requested", "awaiting_approval", "needs_account", "requested", "sent"];

/** Whether the price of the pieces is what comes back for them. With shipping or a discount only the server knows. */
export function isPriced(payment: Refundable): boolean {
  return payment.shipping === 0 && payment.discount === 0;
}

/** Won that the chosen pieces of an order with neither shipping nor discount give back. */
export function worthOf(draft: Draft, payment: Refundable): number {
  return linesLeft(payment).reduce((sum, line) => sum + line.unit_price * (typedFor(draft, line) || 0), 0);
}

/**
 * Won that a request of all that is left gives back: no more than the price of the pieces. Exact for orders with neither
 * shipping nor discount; of others only whether it is 0.
 */
export function leftOf(payment: Refundable): number {
  return Math.min(moneyLeft(payment), payment.lines.reduce((sum, line) => sum + leftIn(line) * line.unit_price, 0));
}

/** Won that were neither refunded nor requested to be. */
export function moneyLeft(payment: Refundable): number {
  const open = payment.cancellations.filter((row) => OPEN_STAGES.includes(row.stage));
  return payment.amount - payment.cancelled_amount - open.reduce((sum, row) => sum + row.amount, 0);
}

export function complaintsAbout(words: Words, draft: Draft, payment: Refundable): Wrong {
  const { account, tel } = needsOf(payment);
  return only<string>({
    ...(draft.how === "pieces" ? aboutPieces(words, draft, payment) : {}),
    reason: draft.reason.trim() ? undefined : words.errors.reason,
    bank: !account || draft.bank ? undefined : words.errors.bank,
    number: !account || /^\d[\d-]{5,15}$/.test(plainDigits(draft.number)) ? undefined : words.errors.account,
    holder: !account || draft.holder.trim() ? undefined : words.errors.holder,
    tel: !tel || isTel(draft.tel.trim()) ? undefined : words.errors.tel,
  });
}

function aboutPieces(words: Words, draft: Draft, payment: Refundable): Record<string, string | undefined> {
  const lines = linesLeft(payment).filter((line) => line.way !== "none");
  const single = payment.lines.length === 1;
  const wrong = lines.map((line) => {
    const [typed, most] = [typedFor(draft, line), leftIn(line)];
    const good = typed <= most && (typed > 0 || !single);
    return [line.line_id, good ? undefined : single ? words.errors.pieces(most) : words.errors.linePieces(most)] as const;
  });
  const nothing = lines.every((line) => typedFor(draft, line) === 0);
  const [first] = lines;
  return nothing && !single && first ? { [first.line_id]: words.errors.noPieces } : Object.fromEntries(wrong);
}

export function wishOf(draft: Draft, payment: Refundable): CancelWish {
  const { bank } = draft;
  const [number, holder, tel] = [plainDigits(draft.number), draft.holder.trim(), draft.tel.trim()];
  return {
    reason: draft.reason.trim(),
    ...(draft.how === "pieces" ? { lines: chosenOf(draft, payment) } : {}),
    ...(needsOf(payment).account && bank ? { refund_account: { bank, number, holder, ...(tel ? { tel } : {}) } } : {}),
  };
}

function chosenOf(draft: Draft, payment: Refundable): CancelWish["lines"] & object {
  const typed = linesLeft(payment).map((line) => ({ line_id: line.line_id, quantity: typedFor(draft, line) }));
  return typed.filter(({ quantity }) => quantity > 0);
}
