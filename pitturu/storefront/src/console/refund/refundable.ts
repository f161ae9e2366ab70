// Which payments an operator may refund, and how. The server decides again.

import { leftIn, moneyLeft, type Refundable } from "../../services/cancelDraft.js";
import type { Schemas } from "../api.js";
import type { Operator } from "../session.js";

type Order = Schemas["Order"];
type Payment = Schemas["OrderPayment"];

export interface OfferedRefund {
  /** False: an account is needed, which this role may not name. */
  allowed: boolean;
  payment: Refundable;
  /** It is the operator's own purchase, so that the rules for buyers hold. */
  own: boolean;
  accepted: boolean;
}

/** The refund that can be requested of a payment now; null if none can. */
export function refundOf(order: Order, payment: Payment, operator: Operator): OfferedRefund | null {
  const own = order.session?.user === operator.username;
  if (order.session === null || !(own || operator.permissions.includes("cancel"))) return null;
  const accepted = payment.verdict === null || payment.verdict === "accepted";
  const shown = refundable(order.session, payment, accepted ? order.lines : []);
  if (!isOpen(payment, shown, accepted)) return null;
  const needsAccount = payment.cancellation_options?.account_required ?? false;
  const allowed = own || !needsAccount || operator.permissions.includes("cancel_by_amount");
  return { allowed, payment: shown, own, accepted };
}

function refundable(session: Schemas["OrderSession"], payment: Payment, lines: Order["lines"]): Refundable {
  const { shipping, discount } = session;
  return { ...payment, shipping, discount, lines: lines.map((line) => ({ ...line, way: line.way ?? "none" })) };
}

function isOpen(payment: Payment, shown: Refundable, accepted: boolean): boolean {
  const refunds = payment.cancellations.filter((row) => row.kind === "refund");
  if (payment.status === "awaiting_deposit") return payment.cancellations.every((row) => row.stage === "refused" || row.stage === "rejected");
  if (payment.cancellation_options === null) return false;
  if (!accepted) {
    return refunds.some((row) => row.origin === "system" && (["needs_account", "refused"].includes(row.stage) || row.last_error !== null));
  }
  const { possible, partial, way } = payment.cancellation_options;
  const some = way !== "none" || shown.lines.some((line) => line.way !== "none" && leftIn(line) > 0);
  return some && moneyLeft(shown) > 0 && (possible || partial);
}
