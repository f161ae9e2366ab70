import type { PortOneScript } from "./portone.js";
import type { Problem } from "./problem.js";
import type { Session } from "../types/payment.js";

/**
 * Where a checkout stands, for whoever shows it:
 *
 * - `form`: the buyer chooses; nothing exists yet
 * - `opening`: the session is being opened or read
 * - `preparing`: PortOne hears of the amount, its script is loading
 * - `ready`: a click opens the window at once
 * - `window`: the buyer is in PortOne's window
 * - `confirming`: PortOne is asked what became of it; the outcome is unknown
 * - `deposit`: a virtual account waits for its money
 * - `paid`: the money is here, and so are the goods
 * - `closed`: nothing was paid, or it went back; `session.status` says which
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

/** How the last window ended, when it did not end well. `words` are the PG's own. */
export interface Notice {
  code: "window_refused" | "window_failed";
  words: string;
}

export interface Facts {
  session: Session | null;
  script: PortOneScript | null;
  /** The session is being opened or read. */
  opening: boolean;
  /** The window was opened and has not come back. */
  windowOpen: boolean;
  /** The server has not taken our word yet that the buyer is back. */
  asking: boolean;
  problem: Problem | null;
  notice: Notice | null;
}

/** The same for whoever shows it. */
export interface CheckoutState {
  phase: Phase;
  session: Session | null;
  problem: Problem | null;
  notice: Notice | null;
  /** Something the buyer asked for is under way. */
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

/** The server decides every outcome; what the browser knows only tells whether the buyer is busy elsewhere. */
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
      // As long as PortOne is being asked about a closed session, it may still turn out to be paid.
      return session.settled && !facts.asking ? "closed" : "confirming";
  }
}

function beforePayment(facts: Facts): Phase {
  if (facts.asking) return "confirming";
  if (facts.windowOpen) return "window";
  const checkout = facts.session?.checkout;
  return checkout?.ready && facts.script?.url === checkout.script_url ? "ready" : "preparing";
}
