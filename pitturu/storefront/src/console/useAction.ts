import { useRef, useState } from "react";

import { write } from "./api.js";
import { asProblem, type Problem } from "../services/problem.js";

export interface Action {
  busy: boolean;
  problem: Problem | null;
  /** Sends the change; `null` when it failed, which `problem` explains. */
  run: <T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown) => Promise<T | null>;
  forget: () => void;
}

/** One change of an operator. The same change that is sent again has the same key, so that it is not done twice. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef(false);
  const run: Action["run"] = async <T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown) => {
    if (running.current) return null;
    running.current = true;
    setBusy(true);
    setProblem(null);
    const what = JSON.stringify([method, path, body]);
    try {
      const answer = await write<T>(method, path, body, keyOf(what));
      unanswered.delete(what);
      return answer ?? ({} as T);
    } catch (thrown) {
      setProblem(asProblem(thrown));
      return null;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { busy, problem, run, forget: () => setProblem(null) };
}

/** Something that was not changed, and why. */
export interface Failure {
  id: string;
  problem: Problem;
}

export interface Batch {
  busy: boolean;
  failed: readonly Failure[];
  /** Sends one POST for each id, one after the other; the ids that it was done for. */
  run: (ids: readonly string[], path: (id: string) => string, body: unknown) => Promise<string[]>;
}

/** The same change of several things, of which some may fail. */
export function useBatch(): Batch {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<readonly Failure[]>([]);
  const run: Batch["run"] = async (ids, path, body) => {
    setBusy(true);
    const [done, failures]: [string[], Failure[]] = [[], []];
    for (const id of ids) {
      const what = JSON.stringify(["POST", path(id), body]);
      try {
        await write("POST", path(id), body, keyOf(what));
        unanswered.delete(what);
        done.push(id);
      } catch (thrown) {
        failures.push({ id, problem: asProblem(thrown) });
      }
    }
    setFailed(failures);
    setBusy(false);
    return done;
  };
  return { busy, failed, run };
}

interface Key {
  key: string;
  /** When it was first sent, as `Date.now()` has it. */
  since: number;
}

const unanswered = new Map<string, Key>();
/** Changes whose end is not known. They outlive the dialogs: who closes one after a lost answer and asks for the same
 * again must not refund twice. */

const AGAIN = 10 * 60_000;
/** Milliseconds in which it is taken for the same change. */

/** One key for each change until it was done. */
function keyOf(what: string): string {
  const known = unanswered.get(what);
  if (known !== undefined && Date.now() < known.since + AGAIN) return known.key;
  const key = crypto.randomUUID();
  unanswered.set(what, { key, since: Date.now() });
  return key;
}
