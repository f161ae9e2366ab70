import { useState } from "react";

import { AccountProblem } from "./AccountProblem.js";
import { account, type OwnEmail } from "./service.js";
import { useProof } from "./useProof.js";
import { useAccountWords } from "./words.js";
import { Alert } from "../../../components/Alert.js";
import { Button } from "../../../components/Button.js";
import { Dialog } from "../../../components/Dialog.js";
import { Field } from "../../../components/Field.js";
import { useWords } from "../../../i18n/language.js";
import { useLoaded } from "../useLoaded.js";
import { useSubmit } from "../useSubmit.js";

/** The e-mail address of the account: shown, changed with a mailed code, removed. */
export function Email() {
  const words = useAccountWords();
  const { value: email, problem, reload } = useLoaded(account.email);
  return (
    <section className="pt-card pt-form" aria-labelledby="email">
      <h2 id="email">{words.email}</h2>
      <p>{words.emailWhy}</p>
      <AccountProblem problem={problem} />
      {email !== null && <p>{email.email === null ? words.noEmail : <strong>{words.verified(email.email)}</strong>}</p>}
      {email?.pending && <Confirm email={email} onDone={reload} />}
      {email !== null && (email.available ? <Change email={email} onDone={reload} /> : <Alert kind="info">{words.mailOff}</Alert>)}
    </section>
  );
}

function Confirm({ email, onDone }: { email: OwnEmail; onDone: () => void }) {
  const words = useAccountWords();
  const { moment } = useWords();
  const [code, setCode] = useState("");
  const { busy, problem, onSubmit } = useSubmit(async () => {
    await account.confirmEmail(code);
    onDone();
  });
  return (
    <form className="pt-form" noValidate onSubmit={onSubmit}>
      <Alert kind="waiting">{words.codeSent(email.pending ?? "", moment(new Date(email.pending_until ?? 0)))}</Alert>
      <Field
        label={words.emailCode}
        hint={words.emailCodeHint}
        name="email_code"
        autoComplete="one-time-code"
        maxLength={40}
        value={code}
        onChange={setCode}
      />
      <AccountProblem problem={problem} />
      <Button type="submit" busy={busy} disabled={code.length < 8}>
        {words.confirmEmail}
      </Button>
    </form>
  );
}

function Change({ email, onDone }: { email: OwnEmail; onDone: () => void }) {
  const words = useAccountWords();
  const [address, setAddress] = useState("");
  const [removing, setRemoving] = useState(false);
  const { proof, fields, complete, using } = useProof("email");
  const { busy, problem, onSubmit } = useSubmit(async () => {
    await using(() => account.changeEmail(proof, address.trim()));
    setAddress("");
    onDone();
  });
  return (
    <>
      <form className="pt-form" noValidate onSubmit={onSubmit}>
        <Field
          label={words.newEmail}
          name="email"
          type="email"
          autoComplete="email"
          maxLength={254}
          value={address}
          onChange={setAddress}
        />
        {fields}
        <AccountProblem problem={problem} />
        <div className="pt-row">
          <Button type="submit" kind="tonal" busy={busy} disabled={!complete || address.trim() === ""}>
            {words.sendCode}
          </Button>
          {email.email !== null && (
            <Button kind="text" onClick={() => setRemoving(true)}>
              {words.removeEmail}
            </Button>
          )}
        </div>
      </form>
      <Dialog open={removing} heading={words.removeEmail} onClose={() => setRemoving(false)}>
        <Remove
          onDone={() => {
            setRemoving(false);
            onDone();
          }}
        />
      </Dialog>
    </>
  );
}

function Remove({ onDone }: { onDone: () => void }) {
  const words = useAccountWords();
  const { proof, fields, complete, using } = useProof("remove");
  const { busy, problem, onSubmit } = useSubmit(async () => {
    await using(() => account.removeEmail(proof));
    onDone();
  });
  return (
    <form className="pt-form" noValidate onSubmit={onSubmit}>
      <p>{words.removeWhy}</p>
      {fields}
      <AccountProblem problem={problem} />
      <Button type="submit" busy={busy} disabled={!complete}>
        {words.removeEmail}
      </Button>
    </form>
  );
}
