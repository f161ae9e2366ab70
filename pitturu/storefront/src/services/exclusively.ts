let queue: Promise<unknown> = Promise.resolve();

/** One after the other in all tabs; pages without the lock API (plain http) at least within their own tab. A refresh
 * token can be used once, and the server treats a second use as theft: only one tab at a time may use it. */
export function exclusively<T>(work: () => Promise<T>): Promise<T> {
  if (navigator.locks) return navigator.locks.request("pitturu.renew", work) as Promise<T>;
  const turn = queue.then(work, work);
  queue = turn.catch(() => undefined);
  return turn;
}
