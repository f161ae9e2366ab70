import { useState } from "react";

import { WORDS } from "./words.js";
import { Alert } from "../../components/Alert.js";
import { Button } from "../../components/Button.js";
import { Dialog } from "../../components/Dialog.js";
import { Field } from "../../components/Field.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { CheckBox } from "../components/Inputs.js";
import { Id } from "../components/Value.js";
import { beginningOf } from "../days.js";
import { useAction } from "../useAction.js";
import { useConsoleWords, useText } from "../words.js";

type Scope = Schemas["ApiKey"]["scopes"][number];

/** A new key: its name and scopes, and then, once, the key itself. */
export function NewKeyDialog({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const words = useText(WORDS);
  const action = useAction();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>([]);
  const [expires, setExpires] = useState("");
  const [wrong, setWrong] = useState<{ name?: string; scopes?: string }>({});
  const [made, setMade] = useState<string | null>(null);
  const make = async () => {
    const complaints = { ...(name.trim() ? {} : { name: words.noName }), ...(scopes.length > 0 ? {} : { scopes: words.noScope }) };
    setWrong(complaints);
    if (Object.keys(complaints).length > 0) return;
    const until = beginningOf(expires, 1);
    const path = `/api-keys/${encodeURIComponent(name.trim())}`;
    const answer = await action.run<Schemas["NewlyMadeApiKey"]>("PUT", path, { scopes, ...(until ? { expires_at: until } : {}) });
    if (answer === null) return;
    setMade(answer.key);
    onMade();
  };
  if (made !== null) return <Made apiKey={made} onClose={onClose} />;
  return (
    <ActionDialog
      heading={words.makeHeading}
      confirm={words.make}
      busy={action.busy}
      problem={action.problem}
      onConfirm={() => void make()}
      onClose={onClose}
    >
      <Field label={words.name} hint={words.nameHint} name="name" maxLength={64} value={name} error={wrong.name} onChange={setName} />
      <fieldset className="pt-group">
        <legend>{words.scopes}</legend>
        {wrong.scopes && <p className="pt-field-error">{wrong.scopes}</p>}
        {(Object.entries(words.scopeHelp) as [Scope, string][]).map(([scope, hint]) => (
          <CheckBox
            key={scope}
            label={scope}
            hint={hint}
            checked={scopes.includes(scope)}
            onChange={(checked) => setScopes(checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
          />
        ))}
      </fieldset>
      <Field label={words.expires} hint={words.expiresHint} name="expires" type="date" value={expires} onChange={setExpires} />
    </ActionDialog>
  );
}

function Made({ apiKey, onClose }: { apiKey: string; onClose: () => void }) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  return (
    <Dialog open heading={words.madeHeading} onClose={onClose}>
      <Alert kind="info">{words.made}</Alert>
      <p>
        <Id value={apiKey} what={words.key} />
      </p>
      <Button kind="tonal" wide onClick={onClose}>
        {shared.cancel}
      </Button>
    </Dialog>
  );
}
