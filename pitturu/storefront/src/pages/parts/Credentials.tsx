import { type FormEvent, useEffect, useState } from "react";

import { useLoginWords } from "./account/loginWords.js";
import { useAccountWords } from "./account/words.js";
import { Code } from "./SecondFactor.js";
import { login, service } from "./services.js";
import { Alert, ProblemAlert } from "../../components/Alert.js";
import { Button } from "../../components/Button.js";
import { Field } from "../../components/Field.js";
import { useComplaints } from "../../hooks/useComplaints.js";
import { useWords, type Words } from "../../i18n/language.js";
import { asProblem, type Problem } from "../../services/problem.js";
import { checkNewUser, type Complaints, only } from "../../services/validation.js";

type Kind = "login" | "register";

/** The form for login and registration. Continues to the page that the visitor requested. */
export function Credentials({ kind }: { kind: Kind }) {
  const words = useWords();
  const { people } = useLoginWords();
  const { forgot } = useAccountWords();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const { form, wrong, accept } = useComplaints<"username" | "password">();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const isNew = kind === "register";
  useEffect(() => {
    if (asksCode) form.current?.querySelector<HTMLElement>("[name=code]")?.focus();
  }, [asksCode]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const complaints = isNew ? checkNewUser(words, username, password) : missing(words, username, password);
    if (busy || !accept(complaints)) return;
    setBusy(true);
    setProblem(null);
    try {
      if (isNew) await service.register(username, password);
      await login.begin(() => service.login(username, password, { cookie: true, ...(code ? { code } : {}) }));
      location.replace(nextAddress());
    } catch (thrown) {
      const found = asProblem(thrown);
      if (found.code === "second_factor_needed") setAsksCode(true);
      setProblem(found);
      setBusy(false);
    }
  };

  return (
    <form ref={form} className="pt-card pt-form pt-narrow" noValidate onSubmit={(event) => void submit(event)}>
      <h1>{isNew ? people.registerHeading : people.loginHeading}</h1>
      {new URLSearchParams(location.search).has("next") && <Alert kind="info">{people.why}</Alert>}
      <Field
        label={people.username}
        hint={isNew ? people.usernameHint : undefined}
        name="username"
        autoComplete="username"
        maxLength={64}
        required
        value={username}
        error={wrong.username}
        onChange={setUsername}
      />
      <Field
        label={people.password}
        hint={isNew ? people.passwordHint : undefined}
        name="password"
        type="password"
        autoComplete={isNew ? "new-password" : "current-password"}
        maxLength={128}
        required
        value={password}
        error={wrong.password}
        onChange={setPassword}
      />
      {asksCode && <Code value={code} onChange={setCode} />}
      <ProblemAlert problem={problem} />
      <Button type="submit" wide busy={busy}>
        {busy ? people.busy : people[kind]}
      </Button>
      <p className="pt-small">
        {isNew ? people.haveAccount : people.noAccount}{" "}
        <a href={(isNew ? "/login" : "/register") + location.search}>{isNew ? people.login : people.register}</a>
      </p>
      {!isNew && (
        <p className="pt-small">
          <a href="/reset-password">{forgot}</a>
        </p>
      )}
    </form>
  );
}

function missing(words: Words, username: string, password: string): Complaints<"username" | "password"> {
  return only<"username" | "password">({
    username: username ? undefined : words.errors.usernameNeeded,
    password: password ? undefined : words.errors.passwordNeeded,
  });
}

/** The page to continue to: one of ours, never an external URL from a link. */
function nextAddress(): string {
  const wanted = new URLSearchParams(location.search).get("next") ?? "/";
  const address = URL.canParse(wanted, location.origin) ? new URL(wanted, location.origin) : new URL("/", location.origin);
  return address.origin === location.origin ? address.href : "/";
}
