import type { Schemas } from "../api.js";

const NOW = 2_000;
const SOON = 10_000;
const LATER = 60_000;
/** Milliseconds between two readings: while a worker acts, before its next try, and while a person acts. Each is a line of the
 * operator log. */

const LATE = 120_000;
/** Milliseconds after which nobody waits in front of the page for a worker that is missing. */

const HURRY = 15_000;
/** Milliseconds after an action of the operator, who waits for what becomes of it. */

/** In how many milliseconds an order is to be read again; 0 when nothing is pending. `acted`: when the operator last did something. */
export function readAgainIn(order: Schemas["Order"] | undefined, acted: number, now = Date.now()): number {
  if (order === undefined) return 0;
  if (now < acted + HURRY) return NOW;
  const waits = order.work.filter(({ due_at, dead_since }) => dead_since === null && due_at !== null);
  const left = waits.map((work) => (isRunning(work) ? 0 : Date.parse(work.due_at ?? "") - now)).filter((time) => time > -LATE);
  const next = Math.min(...left);
  if (next < NOW) return NOW;
  if (next < LATER) return SOON;
  return order.why.some(({ turn }) => turn !== "nobody") ? LATER : 0;
}

/** Whether a worker has claimed it: it is due again only if that worker dies. */
function isRunning({ attempts, last_error }: Schemas["Work"]): boolean {
  return attempts > 0 && last_error === null;
}
