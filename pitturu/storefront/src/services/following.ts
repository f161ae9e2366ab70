import type { PaymentService } from "./paymentService.js";
import { asProblem, type Problem } from "./problem.js";
import { backoff, jittered, pause, unlessReconnected, visible } from "./waiting.js";
import type { Session } from "../types/payment.js";

export interface Listener {
  news(session: Session): void;
  /** The server is unavailable or fails; null when it works again. Polling continues meanwhile. */
  trouble(problem: Problem | null): void;
}

const SHORTEST = 250;
/** The minimum interval between two polls in milliseconds, whatever the server allows: it bounds the request rate. */

/** Polls a session until no further change is expected or `signal` is aborted. Uses long polls while the page is
 * visible, sends nothing in a hidden tab, and backs off when the server is unavailable. Then, and when the network
 * changes, it asks for an answer at once: a long poll would only tell at its end that the server works again. Ends with a
 * problem that retries cannot fix.
 */
export async function follow(service: PaymentService, sessionId: string, listener: Listener, signal: AbortSignal) {
  let etag: string | null = null;
  let atOnce = true;
  let failures = 0;
  while (!signal.aborted) {
    await visible(signal);
    const began = Date.now();
    try {
      const look = await unlessReconnected((either) => service.look(sessionId, etag, either, atOnce), signal);
      if (look === null) {
        atOnce = true;
        continue;
      }
      if (failures > 0) listener.trouble(null);
      failures = 0;
      if (look.session !== null) listener.news(look.session);
      if (look.rest === null) return;
      const rest = look.session !== null || atOnce ? SHORTEST : look.rest;
      etag = look.etag;
      atOnce = false;
      await pause(jittered(Math.max(rest - (Date.now() - began), SHORTEST)), signal);
    } catch (thrown) {
      if (signal.aborted) return;
      const problem = asProblem(thrown);
      listener.trouble(problem);
      if (!problem.passing) return;
      atOnce = true;
      failures += 1;
      await pause(Math.max(problem.retryAfter ?? 0, backoff(failures)), signal);
    }
  }
}
