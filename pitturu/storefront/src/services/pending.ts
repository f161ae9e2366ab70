// The unfinished checkout, so that it can be continued after its tab was closed. Only its id is stored; the order stays
// on the server.

const KEY = "pitturu.pending";

export interface Pending {
  session_id: string;
  item_id: string;
}

export function remember(pending: Pending): void {
  localStorage.setItem(KEY, JSON.stringify({ session_id: pending.session_id, item_id: pending.item_id }));
}

/** Removes that checkout, if it is the stored one. */
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
