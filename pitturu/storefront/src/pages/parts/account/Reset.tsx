import { useState } from "react";

import { AccountProblem } from "./AccountProblem.js";
import { useLoginWords } from "./loginWords.js";
import { account } from "./service.js";
import { useAccountWords } from "./words.js";
import { Alert } from "../../../components/Alert.js";
import { Button, ButtonLink } from "../../../components/Button.js";
import { Field } from "../../../components/Field.js";
import { asProblem } from "../../../services/problem.js";
import { Code } from "../SecondFactor.js";
import { useSubmit } from "../useSubmit.js";

/** Asks for a link. */
export function RequestReset() {
  const words = useAccountWords();
  const [name, setName] = useState("");
  const [sent, setSent] = useState(false);
  const { busy, problem, onSubmit } = useSubmit(async () => {
    setSent(false);
    await account.requestReset(name.trim());
    setSent(true);
  });
  return (
    <form className="pt-card pt-form pt-narrow" noValidate onSubmit={onSubmit}>
      <h1>{words.resetHeading}</h1>
      <p>{words.resetWhy}</p>
      <Field label={words.account} name="account" autoComplete="username" maxLength={254} value={name} onChange={setName} />
      <AccountProblem problem={problem} />
      {sent && <Alert kind="success">{words.linkSent}</Alert>}
      <Button type="submit" wide busy={busy} disabled={name.trim() === ""}>
        {words.sendLink}
      </Button>
      <p className="pt-small">
        <a href="/login">{words.toLogin}</a>
      </p>
    </form>
  );
}

/** Sets a new password with the token of a link. */
export function SetPassword({ token, onAgain }: { token: string; onAgain: () => void }) {
  const words = useAccountWords();
  const { people } = useLoginWords();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const [done, setDone] = useState(false);
  const { busy, problem, onSubmit } = useSubmit(async () => {
    try {
      await account.setPassword(token, password, code);
      setDone(true);
    } catch (thrown) {
      if (asProblem(thrown).code === "second_factor_needed") setAsksCode(true);
      throw thrown;
    }
  });
  return (
    <form className="pt-card pt-form pt-narrow" noValidate onSubmit={onSubmit}>
      <h1>{words.newHeading}</h1>
      {done ? (
        <>
          <Alert kind="success">{words.reset}</Alert>
          <ButtonLink href="/login">{words.toLogin}</ButtonLink>
        </>
      ) : (
        <>
          <Field
            label={words.newPassword}
            hint={people.passwordHint}
            name="new_password"
            type="password"
            autoComplete="new-password"
            maxLength={128}
            value={password}
            onChange={setPassword}
          />
          {asksCode && <Code value={code} onChange={setCode} />}
          <AccountProblem problem={problem} />
          {problem?.code === "link_invalid" && (
            <Button kind="outlined" onClick={onAgain}>
              {words.again}
            </Button>
          )}
          <Button type="submit" wide busy={busy} disabled={password.length < 10}>
            {words.setPassword}
          </Button>
        </>
      )}
    </form>
  );
}
