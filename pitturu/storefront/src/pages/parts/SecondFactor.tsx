import { useState } from "react";

import { useLoginWords } from "./account/loginWords.js";
import { service } from "./services.js";
import { useLoaded } from "./useLoaded.js";
import { useSubmit } from "./useSubmit.js";
import { Alert, ProblemAlert } from "../../components/Alert.js";
import { Button, ButtonLink } from "../../components/Button.js";
import { Field } from "../../components/Field.js";
import type { Enrolment } from "../../types/payment.js";

/** Switches the second factor on and off. */
export function SecondFactor() {
  const { security } = useLoginWords();
  const { value: factor, problem, reload } = useLoaded(service.secondFactor);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const done = (given: readonly string[]) => {
    setCodes(given);
    reload();
  };
  return (
    <section className="pt-card pt-form" aria-labelledby="factor">
      <h2 id="factor">{security.factor}</h2>
      <p>{factor?.active ? security.factorOn(factor.recovery_codes_left) : security.factorOff}</p>
      <ProblemAlert problem={problem} />
      {codes.length > 0 && <RecoveryCodes codes={codes} />}
      {factor !== null && (factor.active ? <SwitchOff onDone={() => done([])} /> : <SwitchOn onDone={done} />)}
    </section>
  );
}

function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const { security } = useLoginWords();
  return (
    <Alert kind="success">
      <p>{security.recoveryCodes}</p>
      <pre className="pt-codes">{codes.join("\n")}</pre>
    </Alert>
  );
}

function SwitchOn({ onDone }: { onDone: (codes: readonly string[]) => void }) {
  const { security } = useLoginWords();
  const [password, setPassword] = useState("");
  const [begun, setBegun] = useState<Enrolment | null>(null);
  const { busy, problem, onSubmit } = useSubmit(async () => {
    setBegun(await service.beginSecondFactor(password));
    setPassword("");
  });
  if (begun !== null) return <Confirm begun={begun} onDone={onDone} />;
  return (
    <form className="pt-form" noValidate onSubmit={onSubmit}>
      <PresentPassword value={password} onChange={setPassword} />
      <ProblemAlert problem={problem} />
      <Button type="submit" kind="tonal" busy={busy} disabled={password === ""}>
        {security.switchOn}
      </Button>
    </form>
  );
}

function Confirm({ begun, onDone }: { begun: Enrolment; onDone: (codes: readonly string[]) => void }) {
  const { security } = useLoginWords();
  const [code, setCode] = useState("");
  const { busy, problem, onSubmit } = useSubmit(async () => onDone(await service.confirmSecondFactor(code)));
  return (
    <form className="pt-form" noValidate onSubmit={onSubmit}>
      <p>{security.enterSecret}</p>
      <pre className="pt-codes">{begun.secret}</pre>
      <ButtonLink kind="text" href={begun.otpauth_uri}>
        {security.openApp}
      </ButtonLink>
      <Code value={code} onChange={setCode} />
      <ProblemAlert problem={problem} />
      <Button type="submit" busy={busy} disabled={code === ""}>
        {security.confirm}
      </Button>
    </form>
  );
}

function SwitchOff({ onDone }: { onDone: () => void }) {
  const { security } = useLoginWords();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const { busy, problem, onSubmit } = useSubmit(async () => {
    await service.endSecondFactor(password, code);
    onDone();
  });
  return (
    <form className="pt-form" noValidate onSubmit={onSubmit}>
      <PresentPassword value={password} onChange={setPassword} />
      <Code value={code} onChange={setCode} />
      <ProblemAlert problem={problem} />
      <Button type="submit" kind="outlined" busy={busy} disabled={password === "" || code === ""}>
        {security.switchOff}
      </Button>
    </form>
  );
}

interface InputProps {
  value: string;
  onChange: (value: string) => void;
}

function PresentPassword({ value, onChange }: InputProps) {
  const label = useLoginWords().security.presentPassword;
  const input = { value, onChange, maxLength: 128, autoComplete: "current-password" };
  return <Field label={label} name="password" type="password" {...input} />;
}

/** A code of the app, or a recovery code. */
export function Code({ error, ...input }: InputProps & { error?: string | undefined }) {
  const { security } = useLoginWords();
  const about = { label: security.code, hint: security.codeHint, error };
  return <Field {...about} name="code" autoComplete="one-time-code" maxLength={40} {...input} />;
}
