import { useCallback, useEffect, useRef, useState } from "react";

import { loginAddress } from "./services.js";
import { asProblem, type Problem } from "../../services/problem.js";

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  reload: () => void;
}

/**
 * The result of `load`, loaded again for another function or after `reload`. Redirects to the login if necessary. With `first`,
 * what the first call would return is known already.
 */
export function useLoaded<T>(load: () => Promise<T>, first: T | null = null): Loaded<T> {
  const [value, setValue] = useState(first);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [round, setRound] = useState(0);
  const skipped = useRef(first === null ? null : load);
  useEffect(() => {
    if (skipped.current === load && round === 0) return;
    skipped.current = null;
    let current = true;
    load()
      .then((loaded) => {
        if (!current) return;
        setValue(loaded);
        setProblem(null);
      })
      .catch((thrown: unknown) => {
        const found = asProblem(thrown);
        if (found.code === "signed_out") location.replace(loginAddress());
        else if (current) setProblem(found);
      });
    return () => {
      current = false;
    };
  }, [load, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    window.addEventListener("online", reload);
    return () => window.removeEventListener("online", reload);
  }, [reload]);
  return { value, problem, reload };
}
