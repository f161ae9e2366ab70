import type { Situation } from "./words.js";
import type { Schemas } from "../api.js";

export type Webhook = Schemas["Webhook"];

/** What a webhook waits for, if anything. */
export function situationOf({ state, next_try, dead_since, attempts, last_error }: Webhook): Situation {
  if (state === "done" || state === "ignored") return state;
  if (state === "orphaned") return next_try === null ? "stranger" : "looking";
  if (dead_since !== null) return next_try === null ? "dead" : "failing";
  if (next_try === null) return "scheduled";
  if (new Date(next_try).getTime() <= Date.now()) return "late";
  if (last_error !== null) return "retrying";
  return attempts > 0 ? "working" : "scheduled";
}

/** Whether it waits for an operator, who may have it processed again. */
export function canReplay(webhook: Webhook): boolean {
  return ["stranger", "dead", "failing"].includes(situationOf(webhook));
}
