// Which checkout is unfinished, so that a closed tab can be picked up again. A name only: who pays what stays on the
// server.

const KEY = "pitturu.pending";

export interface Pending {
  session_id: string;
  item_id: string;
}

export function remember(pending: Pending): void {
  localStorage.setItem(KEY, JSON.stringify({ session_id: pending.session_id, item_id: pending.item_id }));
}

/** Forgets that checkout, if it is the one that is remembered. */
export function forget(sessionId: string): void {
  if (pending()?.session_id === sessionId) localStorage.removeItem(KEY);
}

export function forgetAny(): void {
  localStorage.removeItem(KEY);
}

export function pending(): Pending | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null") as Pending | null;
  } catch {
    return null;
  }
}
