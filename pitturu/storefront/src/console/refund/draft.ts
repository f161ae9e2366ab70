// A refund of an operator while it is still edited: that of a buyer, or an amount with or without pieces.

import type { Words } from "../../i18n/language.js";
import {
  blankDraft,
  complaintsAbout,
  type Draft,
  isPriced,
  linesLeft,
  moneyLeft,
  type Refundable,
  typedFor,
  wishOf,
  worthOf,
  type Wrong,
} from "../../services/cancelDraft.js";
import { plainDigits } from "../../services/numbers.js";
import type { CancelWish } from "../../types/payment.js";

export interface OperatorDraft extends Draft {
  byAmount: boolean;
  won: string;
}

export function blankRefund(payment: Refundable): OperatorDraft {
  return { ...blankDraft(payment), byAmount: false, won: "" };
}

/** Won that go back; null where only the server knows. */
export function givenBack(draft: OperatorDraft, payment: Refundable): number | null {
  if (draft.byAmount) return typedWon(draft) ?? 0;
  if (draft.how === "full") return moneyLeft(payment);
  return isPriced(payment) ? worthOf(draft, payment) : null;
}

export function refundComplaints(words: Words, draft: OperatorDraft, payment: Refundable, amountHint: string): Wrong {
  const wrong = complaintsAbout(words, piecesOf(draft, payment), payment);
  const won = typedWon(draft);
  const good = !draft.byAmount || (won !== null && won >= 1 && won <= moneyLeft(payment));
  return good ? wrong : { ...wrong, won: amountHint };
}

export function refundWish(draft: OperatorDraft, payment: Refundable): CancelWish {
  const amount = draft.byAmount ? typedWon(draft) : null;
  return { ...wishOf(piecesOf(draft, payment), payment), ...(amount === null ? {} : { amount }) };
}

/** The pieces that belong to it: with an amount only those that were typed. */
function piecesOf(draft: OperatorDraft, payment: Refundable): Draft {
  if (!draft.byAmount) return draft;
  const typed = linesLeft(payment).some((line) => typedFor(draft, line) !== 0);
  return { ...draft, how: typed ? "pieces" : "full" };
}

function typedWon(draft: OperatorDraft): number | null {
  const text = plainDigits(draft.won);
  return /^\d{1,12}$/.test(text) ? Number(text) : null;
}
