import { useState } from "react";

import { useLoginWords } from "./account/loginWords.js";
import { service } from "./services.js";
import { useSubmit } from "./useSubmit.js";
import { Alert, ProblemAlert } from "../../components/Alert.js";
import { Button } from "../../components/Button.js";
import { Field } from "../../components/Field.js";

/** A new password, which ends all other logins. */
export function NewPassword() {
  const { people, security } = useLoginWords();
  const [present, setPresent] = useState("");
  const [next, setNext] = useState("");
  const [ended, setEnded] = useState<number | null>(null);
  const { busy, problem, onSubmit } = useSubmit(async () => {
    setEnded(null);
    setEnded((await service.changePassword(present, next)).ended);
    setPresent("");
    setNext("");
  });
  return (
    <form className="pt-card pt-form" noValidate aria-labelledby="password" onSubmit={onSubmit}>
      <h2 id="password">{security.password}</h2>
      <Field
        label={security.presentPassword}
        name="present_password"
        type="password"
        autoComplete="current-password"
        maxLength={128}
        value={present}
        onChange={setPresent}
      />
      <Field
        label={security.newPassword}
        hint={people.passwordHint}
        name="new_password"
        type="password"
        autoComplete="new-password"
        maxLength={128}
        value={next}
        onChange={setNext}
      />
      <ProblemAlert problem={problem} />
      {ended !== null && <Alert kind="success">{security.passwordChanged(ended)}</Alert>}
      <Button type="submit" kind="tonal" busy={busy} disabled={present === "" || next === ""}>
        {security.change}
      </Button>
    </form>
  );
}
