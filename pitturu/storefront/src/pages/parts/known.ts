// What the server has put into the page, in the body of the API: the first paint waits for no request.

/** It, as `T`; null without it, and when the visitor comes back to a page of their history, which may be of any age. */
export function known<T>(): T | null {
  const [visit] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const text = document.getElementById("known")?.textContent;
  return text && visit?.type !== "back_forward" ? (JSON.parse(text) as T) : null;
}
