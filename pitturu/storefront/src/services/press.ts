// The buyer's press of the pay button, until PortOne's window opens or cannot open any more.

import { hasLines, linesOf, methodOf } from "./order.js";
import type { Order, Session } from "../types/payment.js";

export interface Press {
  order: Order;
  /** Won, as the button said. */
  amount: number;
  /** Milliseconds since 1970. */
  at: number;
}

const FORWARDED = 1_000;
/** Milliseconds after a press in which browsers without `navigator.userActivation` let a page open a window. */

/** Whether the session is what the buyer pressed the button for, except for its price. */
export function isPressed(session: Session, { order }: Press): boolean {
  return hasLines(session, linesOf(order)) && methodOf(session) === order.pay_method;
}

/** Whether the browser still lets the page open a window for this press. One in a hidden tab would surprise the buyer. */
export function mayOpenWindow({ at }: Press): boolean {
  if (document.hidden) return false;
  const activation = navigator.userActivation as UserActivation | undefined;
  return activation === undefined ? Date.now() - at < FORWARDED : activation.isActive;
}
