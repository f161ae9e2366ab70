import type { PortOneScript } from "./portone.js";
import type { Press } from "./press.js";
import type { Problem } from "./problem.js";
import type { Session } from "../types/payment.js";

/** The phase of a checkout, for the user interface:
 *
 * - `form`: the buyer chooses; nothing exists yet
 * - `opening`: the session is being opened or read
 * - `preparing`: the amount is being registered with PortOne, its script is loading
 * - `ready`: a click opens the window at once
 * - `window`: the buyer is in PortOne's window
 * - `confirming`: PortOne is being asked; the outcome is unknown. Also while a declined session is being reopened
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

/** How the last window ended, unless it succeeded; or why none was opened: the order costs something else than the button said. `message` is the server's, of a payment that PortOne says was declined;
 * `words` are the PG's.
 */
export interface Notice {
  code: "window_refused" | "window_failed" | "declined" | "price_changed";
  words: string;
  message?: Session["message"];
}

export interface Facts {
  session: Session | null;
  script: PortOneScript | null;
  /** The session is being opened or read. */
  opening: boolean;
  /** The window was opened and has not returned. */
  windowOpen: boolean;
  /** The pay button was pressed, and the window is not open yet. */
  press: Press | null;
  /** The server has not accepted the verification request yet. */
  asking: boolean;
  /** The window has returned, and the buyer may not try again yet. */
  returned: boolean;
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
  /** The pay button was pressed: the window opens by itself once everything is ready. */
  pressed: boolean;
}

export const NOTHING: Facts = {
  session: null,
  script: null,
  opening: false,
  windowOpen: false,
  press: null,
  asking: false,
  returned: false,
  problem: null,
  notice: null,
};

export function stateOf(facts: Facts): CheckoutState {
  const { session, problem, notice, opening, asking } = facts;
  const pressed = facts.press !== null;
  return { phase: phaseOf(facts), session, problem, notice, busy: opening || asking || pressed, pressed };
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
      // Some windows let the buyer go on after a declined attempt.
      if (session.status === "failed" && facts.windowOpen) return "window";
      // As long as PortOne is being asked about a closed session, it may still become paid.
      return session.settled && !facts.asking && !facts.returned ? "closed" : "confirming";
  }
}

function beforePayment(facts: Facts): Phase {
  if (facts.asking) return "confirming";
  if (facts.windowOpen) return "window";
  const checkout = facts.session?.checkout;
  if (checkout?.ready && facts.script?.url === checkout.script_url) return "ready";
  return facts.returned ? "confirming" : "preparing";
}
