import type { PaymentService } from "./paymentService.js";
import { asProblem, type Problem } from "./problem.js";
import { backoff, jittered, pause, visible } from "./waiting.js";
import type { Session } from "../types/payment.js";

export interface Listener {
  news(session: Session): void;
  /** The server is unavailable or fails; null when it works again. Polling continues meanwhile. */
  trouble(problem: Problem | null): void;
}

const SHORTEST = 250;
/** The minimum interval between two polls in milliseconds, whatever the server allows: it bounds the request rate. */

/** Polls a session until no further change is expected or `signal` is aborted. Uses long polls while the page is
visible,
 * sends nothing in a hidden tab, and backs off when the server is unavailable. Ends with a problem that retries cannot
 fix. */
export async function follow(service: PaymentService, sessionId: string, listener: Listener, signal: AbortSignal) {
  let etag: string | null = null;
  let failures = 0;
  while (!signal.aborted) {
    await visible(signal);
    const began = Date.now();
    try {
      const look = await service.look(sessionId, etag, signal);
      if (failures > 0) listener.trouble(null);
      failures = 0;
      if (look.session !== null) listener.news(look.session);
      if (look.rest === null) return;
      const rest = look.session !== null || etag === null ? SHORTEST : look.rest;
      etag = look.etag;
      await pause(jittered(Math.max(rest - (Date.now() - began), SHORTEST)), signal);
    } catch (thrown) {
      if (signal.aborted) return;
      const problem = asProblem(thrown);
      listener.trouble(problem);
      if (!problem.passing) return;
      failures += 1;
      await pause(Math.max(problem.retryAfter ?? 0, backoff(failures)), signal);
    }
  }
}
