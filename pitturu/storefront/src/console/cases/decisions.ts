// Who may decide about a cancel that waits for a person. The server decides again.

import type { Permission, Schemas } from "../api.js";
import type { Operator } from "../session.js";

/** A cancel that waits for a person. */
export interface Waiting {
  cancellation_id: string;
  stage: Schemas["Approval"]["stage"];
  amount: number;
  /** Who paid; null if it is not known. */
  buyer: string | null;
  requested_by: string | null;
  reviewed_by: string | null;
}

export type Block = "own_purchase" | "second_person" | "role";

export interface Decision {
  approve: boolean;
  reject: boolean;
  /** The operator's own request, which can be taken back. */
  own: boolean;
  /** Why it cannot be approved. */
  block: Block | null;
}

export function decisionOf(row: Waiting, operator: Operator): Decision {
  const isReturn = row.stage === "return_requested";
  const own = !isReturn && row.requested_by === operator.username;
  const needed: Permission = isReturn ? "decide_return" : "approve_cancel";
  const block = blockOf(row, operator, needed);
  const reject = own || (operator.permissions.includes(needed) && block !== "own_purchase");
  return { approve: block === null, reject, own, block };
}

function blockOf(row: Waiting, operator: Operator, needed: Permission): Block | null {
  if (row.buyer === operator.username) return "own_purchase";
  if (row.stage === "awaiting_approval" && [row.requested_by, row.reviewed_by].includes(operator.username)) return "second_person";
  return operator.permissions.includes(needed) ? null : "role";
}
