import { type FormEvent, useState } from "react";

import { loginAddress } from "./services.js";
import { asProblem, type Problem } from "../../services/problem.js";

interface Submit {
  busy: boolean;
  problem: Problem | null;
  onSubmit: (event: FormEvent) => void;
}

/** The state of a form whose `work` is a request to the server. Redirects to the login if necessary. */
export function useSubmit(work: () => Promise<void>): Submit {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    work()
      .catch((thrown: unknown) => {
        const found = asProblem(thrown);
        if (found.code === "signed_out") location.replace(loginAddress());
        else setProblem(found);
      })
      .finally(() => setBusy(false));
  };
  return { busy, problem, onSubmit };
}
