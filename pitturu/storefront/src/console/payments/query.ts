// What the list asks the server, from what the address says.

import type { Query } from "../api.js";
import { beginningOf } from "../days.js";

export const NAMES = ["q", "status", "pay_method", "generation", "from", "to", "amount_from", "amount_to", "item_id"] as const;
export type Name = (typeof NAMES)[number];
export type Values = Readonly<Record<Name, string>>;

const SHORTEST = 2;
/** Characters to search for. */

/** Whether there is something to search for, but too little of it. */
export function tooShort(q: string): boolean {
  return q.trim().length > 0 && [...q.trim()].length < SHORTEST;
}

/** The digits of an amount as people write it: `10,000원`. Null for what is no amount. */
export function wonOf(text: string): string | null {
  const digits = text.replaceAll(/[\s,원₩]/g, "");
  return /^\d{0,12}$/.test(digits) ? digits : null;
}

/** The query; null where it would be refused. */
export function queryOf({ q, from, to, amount_from: least, amount_to: most, ...rest }: Values): Query | null {
  const [leastWon, mostWon] = [wonOf(least), wonOf(most)];
  if (tooShort(q) || leastWon === null || mostWon === null) return null;
  return { q: q.trim(), ...rest, from: beginningOf(from), to: beginningOf(to, 1), amount_from: leastWon, amount_to: mostWon };
}
