import type { PaymentService } from "./paymentService.js";
import { asProblem, type Problem } from "./problem.js";
import { backoff, jittered, pause, visible } from "./waiting.js";
import type { Session } from "../types/payment.js";

export interface Listener {
  news(session: Session): void;
  /** The server cannot be reached or has trouble; null when it can again. Following goes on meanwhile. */
  trouble(problem: Problem | null): void;
}

const SHORTEST = 250;
/** Milliseconds between two looks, whatever the server allows: an answer that is always new must not become a storm. */

/**
 * Looks at a session until nothing more is expected of it or `signal` ends it. Long polls while somebody looks at the
 * page, asks nothing in a hidden tab, and backs off when the server is away. Ends with trouble when asking is pointless.
 */
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
