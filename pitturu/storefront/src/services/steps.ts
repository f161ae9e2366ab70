// What happened to a payment, as its buyer sees it: the questions to PortOne, their answers and the attempts between two steps
// are left out.

import type { Words } from "../i18n/language.js";
import type { Event } from "../types/payment.js";

/** `waiting`: it is not over, and something else has to happen. */
export interface Step {
  text: string;
  at: string;
  waiting: boolean;
}

/** The steps among these events, in their order. */
export function stepsOf(words: Words, events: readonly Event[]): readonly Step[] {
  const returned = events.some(isReturned);
  const steps = events.flatMap((event) => {
    const text = textOf(words, event, returned);
    return text === undefined ? [] : [{ text, at: event.at, waiting: false }];
  });
  const last = steps.at(-1);
  if (last && isWaiting(events)) last.waiting = true;
  return steps;
}

function textOf(words: Words, event: Event, returned: boolean): string | undefined {
  const steps = words.timeline;
  switch (event.kind) {
    case "money":
      return event.amount < 0 ? steps.refunded(words.won(-event.amount)) : steps.paid(words.won(event.amount));
    case "status":
      if (event.from === null) return steps.ordered;
      // Money that went back says it better than the status that follows.
      if (event.to === "cancelled") return returned ? undefined : steps.cancelled;
      return (steps.reached as Record<string, string>)[event.to ?? ""];
    case "fulfilment":
      // "none -> shipped"
      return (words.fulfilment as Record<string, string>)[event.detail?.split(" -> ")[1] ?? ""];
    default:
      return (steps.notes as Record<string, string>)[event.kind];
  }
}

function isReturned(event: Event): boolean {
  return event.kind === "money" && event.amount < 0;
}

/** Whether the last step is a deposit or a refund that is awaited. */
function isWaiting(events: readonly Event[]): boolean {
  const last = events.filter((event) => event.kind === "money" || event.kind === "status" || event.kind.startsWith("cancel_")).at(-1);
  return last?.to === "awaiting_deposit" || last?.kind === "cancel_requested" || last?.kind === "cancel_approved";
}
