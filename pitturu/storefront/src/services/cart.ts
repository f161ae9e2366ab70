// The cart of this browser: which items and how many. The server prices an order, whatever is stored here; `seen` is the
// price that the buyer saw, so that a change of it can be pointed out. Stored text is untrusted: it is read line by line,
// and what does not fit is ignored.

import { MOST_PIECES } from "./validation.js";
import type { Item, Session } from "../types/payment.js";

export interface CartLine {
  item_id: string;
  quantity: number;
  /** Won a piece when the item was added; null if unknown. */
  seen: number | null;
}

/** What became of an item that was to be added. */
export type Addition = "added" | "too_many_lines" | "too_many_pieces";

export const MOST_LINES = 50;
/** The maximum number of lines of one order, as on the server. */

const LINES = "pitturu.cart";
const ORDERS = "pitturu.cart.orders";
/** The sessions that were opened from this cart and whose result it does not know: the newest ones. */
const MOST_ORDERS = 3;
const LONGEST = 16_000;
/** Characters of the stored text: several times what the longest cart has. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SESSION_ID = /^\w{1,64}$/;

const listeners = new Set<() => void>();
let known: { text: string | null; lines: readonly CartLine[] } = { text: null, lines: [] };

/** The lines in the order in which they were added; the same array until something changes. */
export function cartLines(): readonly CartLine[] {
  const text = localStorage.getItem(LINES);
  if (text !== known.text) known = { text, lines: stored(text) };
  return known.lines;
}

/** Calls `listener` after each change in any tab; returns a function that ends this. */
export function watchCart(listener: () => void): () => void {
  const elsewhere = ({ key }: StorageEvent) => {
    if (key === LINES || key === null) listener();
  };
  listeners.add(listener);
  window.addEventListener("storage", elsewhere);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", elsewhere);
  };
}

/** One more piece of this item, if the stock and the limits of an order permit it. */
export function addToCart(item: Item): Addition {
  const lines = cartLines();
  const there = lines.find((line) => line.item_id === item.id);
  if (!there && lines.length >= MOST_LINES) return "too_many_lines";
  const quantity = (there?.quantity ?? 0) + 1;
  if (quantity > Math.min(item.stock ?? MOST_PIECES, MOST_PIECES)) return "too_many_pieces";
  const added = { item_id: item.id, quantity, seen: item.price };
  keep(there ? lines.map((line) => (line === there ? added : line)) : [...lines, added]);
  return "added";
}

export function setQuantity(itemId: string, quantity: number): void {
  keep(cartLines().map((line) => (line.item_id === itemId ? { ...line, quantity } : line)));
}

export function removeFromCart(itemId: string): void {
  keep(cartLines().filter((line) => line.item_id !== itemId));
}

/** Takes back a removal: the line returns to `place`, unless its item was added meanwhile. */
export function putBack(line: CartLine, place: number): void {
  const lines = cartLines();
  if (lines.some((other) => other.item_id === line.item_id) || lines.length >= MOST_LINES) return;
  keep(lines.toSpliced(place, 0, line));
}

/** Sessions opened from this cart whose result it does not know, newest last. */
export function openedOrders(): readonly string[] {
  const found = parsed(localStorage.getItem(ORDERS));
  return found.filter((id): id is string => typeof id === "string" && SESSION_ID.test(id)).slice(-MOST_ORDERS);
}

export function rememberOrder(sessionId: string): void {
  const ids = openedOrders().filter((id) => id !== sessionId);
  localStorage.setItem(ORDERS, JSON.stringify([...ids, sessionId].slice(-MOST_ORDERS)));
}

export function forgetOrder(sessionId: string): void {
  const ids = openedOrders().filter((id) => id !== sessionId);
  if (ids.length === 0) localStorage.removeItem(ORDERS);
  else localStorage.setItem(ORDERS, JSON.stringify(ids));
}

const BOUGHT: readonly Session["status"][] = ["paid", "partially_cancelled", "awaiting_deposit"];

/** Takes out what this session bought, once, if it was opened from this cart and is paid or awaits its deposit. */
export function takeOutBought(session: Session): void {
  if (!BOUGHT.includes(session.status) || !openedOrders().includes(session.session_id)) return;
  const bought = new Map(session.lines.map((line) => [line.item_id, line.quantity]));
  const left = cartLines().map((line) => ({ ...line, quantity: line.quantity - (bought.get(line.item_id) ?? 0) }));
  forgetOrder(session.session_id);
  keep(left.filter((line) => line.quantity > 0));
}

function keep(lines: readonly CartLine[]): void {
  if (lines.length === 0) localStorage.removeItem(LINES);
  else localStorage.setItem(LINES, JSON.stringify(lines));
  for (const listener of listeners) listener();
}

function stored(text: string | null): readonly CartLine[] {
  const lines = new Map<string, CartLine>();
  for (const value of parsed(text).slice(0, MOST_LINES)) {
    const line = lineOf(value);
    if (line !== null && !lines.has(line.item_id)) lines.set(line.item_id, line);
  }
  return [...lines.values()];
}

function lineOf(value: unknown): CartLine | null {
  if (typeof value !== "object" || value === null) return null;
  const { item_id, quantity, seen } = value as Partial<Record<keyof CartLine, unknown>>;
  if (typeof item_id !== "string" || !UUID.test(item_id) || !isWhole(quantity) || quantity > MOST_PIECES) return null;
  return { item_id, quantity, seen: isWhole(seen) ? seen : null };
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

/** The entries of a stored list; none if the text is too long or is no list. */
function parsed(text: string | null): readonly unknown[] {
  if (text === null || text.length > LONGEST) return [];
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}
