import { useCallback, useEffect, useState } from "react";

import { loginAddress } from "./services.js";
import { asProblem, type Problem } from "../../services/problem.js";

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  reload: () => void;
}

/** The result of `load`, loaded again for another function or after `reload`. Redirects to the login if necessary. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
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
