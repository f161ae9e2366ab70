// Delays with backoff and jitter, suspended in a hidden tab, and shortened when there is a reason to poll at once.

/** Milliseconds before attempt number `attempt` (from 1): exponential up to 30 s, half of it random (jitter). */
export function backoff(attempt: number): number {
  const ceiling = Math.min(500 * 2 ** (attempt - 1), 30_000);
  return ceiling * (0.5 + Math.random() / 2);
}

/** Up to a tenth longer, so that many tabs opened together do not stay synchronised. */
export function jittered(milliseconds: number): number {
  return milliseconds * (1 + Math.random() / 10);
}

/** Resolves after `milliseconds`, or when the network returns, or when `signal` is aborted; never rejects. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}

/** Resolves when the page is visible. A tab in the background sends no requests. */
export function visible(signal: AbortSignal): Promise<void> {
  if (!document.hidden || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    document.addEventListener("visibilitychange", done);
    signal.addEventListener("abort", done);
  });
}

const NETWORK = ["online", "offline"];

/** The result of a request; null when the network was lost or returned meanwhile: such a request may never be answered.
 * `signal` aborts it as well.
 */
export async function unlessReconnected<T>(
  request: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T | null> {
  const reconnected = new AbortController();
  const abort = () => reconnected.abort();
  for (const event of NETWORK) window.addEventListener(event, abort);
  try {
    return await request(AbortSignal.any([signal, reconnected.signal]));
  } catch (thrown) {
    if (reconnected.signal.aborted && !signal.aborted) return null;
    throw thrown;
  } finally {
    for (const event of NETWORK) window.removeEventListener(event, abort);
  }
}
