import { useEffect, useRef, useState } from "react";

import { readFile } from "./api.js";
import { asProblem, type Problem } from "../services/problem.js";
import { saveFile } from "../services/saveFile.js";

export interface Download {
  busy: boolean;
  problem: Problem | null;
  /** Saves what the API has at `path`, under this name. What does not arrive as a whole is not saved. */
  start: (path: string, name: string) => Promise<void>;
  stop: () => void;
}

/** One file at a time. It ends when the page is left. */
export function useDownload(): Download {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef<AbortController | null>(null);
  const stop = () => running.current?.abort();
  useEffect(() => stop, []);
  const start = async (path: string, name: string) => {
    if (running.current !== null) return;
    const control = new AbortController();
    running.current = control;
    setBusy(true);
    setProblem(null);
    try {
      saveFile(await readFile(path, control.signal), name);
    } catch (thrown) {
      if (!control.signal.aborted) setProblem(asProblem(thrown));
    } finally {
      running.current = null;
      setBusy(false);
    }
  };
  return { busy, problem, start, stop };
}
