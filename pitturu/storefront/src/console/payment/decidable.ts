import type { Schemas } from "../api.js";
import type { Waiting } from "../cases/decisions.js";

type Order = Schemas["Order"];

const DECIDABLE = ["return_requested", "awaiting_approval"];

/** The cancel of this id as something to decide about; null if nobody has to. */
export function waitingOf(order: Order, id: string): Waiting | null {
  const row = order.payments.flatMap((payment) => payment.cancellations).find((cancel) => cancel.cancellation_id === id);
  if (row === undefined || order.session === null || !DECIDABLE.includes(row.stage)) return null;
  const { cancellation_id, stage, amount, reviewed_by } = row;
  return { cancellation_id, stage, amount, reviewed_by, requested_by: row.by, buyer: order.session.user };
}
