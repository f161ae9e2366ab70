import { type ReactNode, useState } from "react";

import type { Proof } from "./service.js";
import { useAccountWords } from "./words.js";
import { Field } from "../../../components/Field.js";
import { asProblem } from "../../../services/problem.js";
import { Code } from "../SecondFactor.js";

interface OwnersProof {
  proof: Proof;
  /** The fields to enter it: the password, and a code once the server has asked for one. */
  fields: ReactNode;
  complete: boolean;
  /** Runs a request that needs the proof, and clears the fields after it. */
  using: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What shows that it is the owner who asks. `name` tells the fields of several forms on a page apart. */
export function useProof(name: string): OwnersProof {
  const words = useAccountWords();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const using = async <T,>(work: () => Promise<T>): Promise<T> => {
    try {
      const result = await work();
      setPassword("");
      setCode("");
      setAsksCode(false);
      return result;
    } catch (thrown) {
      if (asProblem(thrown).code === "second_factor_needed") setAsksCode(true);
      throw thrown;
    }
  };
  const fields = (
    <>
      <Field
        label={words.presentPassword}
        name={`${name}_password`}
        type="password"
        autoComplete="current-password"
        maxLength={128}
        value={password}
        onChange={setPassword}
      />
      {asksCode && <Code value={code} onChange={setCode} />}
    </>
  );
  return { proof: { password, ...(code ? { code } : {}) }, fields, complete: password !== "", using };
}
