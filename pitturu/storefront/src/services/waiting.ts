// How to wait: with backoff and jitter, never in a hidden tab, and shorter when there is a reason to look at once.

/** Milliseconds before try number `attempt` (from 1): exponential up to 30 s, half of it chance, so crowds scatter. */
export function backoff(attempt: number): number {
  const ceiling = Math.min(500 * 2 ** (attempt - 1), 30_000);
  return ceiling * (0.5 + Math.random() / 2);
}

/** Up to a tenth longer, so that a thousand tabs opened together do not stay together. */
export function jittered(milliseconds: number): number {
  return milliseconds * (1 + Math.random() / 10);
}

/** Ends after `milliseconds`, or when the network comes back, or when `signal` ends it; never throws. */
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

/** Ends when somebody can see the page. A tab in the background asks nothing. */
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
