import type { PortOneScript } from "./portone.js";
import type { Problem } from "./problem.js";
import type { Session } from "../types/payment.js";

/** The phase of a checkout, for the user interface:
 *
 * - `form`: the buyer chooses; nothing exists yet
 * - `opening`: the session is being opened or read
 * - `preparing`: the amount is being registered with PortOne, its script is loading
 * - `ready`: a click opens the window at once
 * - `window`: the buyer is in PortOne's window
 * - `confirming`: PortOne is being asked; the outcome is unknown
 * - `deposit`: a virtual account awaits its deposit
 * - `paid`: the money was received, the goods are granted
 * - `closed`: nothing was paid, or it was refunded; `session.status` says which
 */
export type Phase =
  | "form"
  | "opening"
  | "preparing"
  | "ready"
  | "window"
  | "confirming"
  | "deposit"
  | "paid"
  | "closed";

/** How the last window ended, unless it succeeded. `words` is the PG's message. */
export interface Notice {
  code: "window_refused" | "window_failed";
  words: string;
}

export interface Facts {
  session: Session | null;
  script: PortOneScript | null;
  /** The session is being opened or read. */
  opening: boolean;
  /** The window was opened and has not returned. */
  windowOpen: boolean;
  /** The server has not accepted the verification request yet. */
  asking: boolean;
  problem: Problem | null;
  notice: Notice | null;
}

/** The same for the user interface. */
export interface CheckoutState {
  phase: Phase;
  session: Session | null;
  problem: Problem | null;
  notice: Notice | null;
  /** An action of the buyer is in progress. */
  busy: boolean;
}

export const NOTHING: Facts = {
  session: null,
  script: null,
  opening: false,
  windowOpen: false,
  asking: false,
  problem: null,
  notice: null,
};

export function stateOf(facts: Facts): CheckoutState {
  const { session, problem, notice, opening, asking } = facts;
  return { phase: phaseOf(facts), session, problem, notice, busy: opening || asking };
}

/** The server decides every outcome; the browser only knows whether the buyer is in another window. */
export function phaseOf(facts: Facts): Phase {
  const { session } = facts;
  if (session === null) return facts.opening ? "opening" : "form";
  switch (session.status) {
    case "paid":
    case "partially_cancelled":
      return "paid";
    case "awaiting_deposit":
      return "deposit";
    case "created":
    case "prepared":
      return beforePayment(facts);
    case "verifying":
      return "confirming";
    default:
      // As long as PortOne is being asked about a closed session, it may still become paid.
      return session.settled && !facts.asking ? "closed" : "confirming";
  }
}

function beforePayment(facts: Facts): Phase {
  if (facts.asking) return "confirming";
  if (facts.windowOpen) return "window";
  const checkout = facts.session?.checkout;
  return checkout?.ready && facts.script?.url === checkout.script_url ? "ready" : "preparing";
}
