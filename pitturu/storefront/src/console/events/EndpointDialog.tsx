import { useState } from "react";

import { type Endpoint, TYPES, typeText } from "./types.js";
import { WORDS } from "./words.js";
import { Field } from "../../components/Field.js";
import { useLanguage } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { CheckBox } from "../components/Inputs.js";
import { useNotify } from "../components/Notices.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

const LONGEST_URL = 500;
const LONGEST_DESCRIPTION = 200;

interface EndpointDialogProps {
  /** The one to change; a new one without it. */
  endpoint?: Endpoint;
  onClose: () => void;
  onDone: (endpoint: Schemas["Endpoint"]) => void;
}

/** Where events are sent, and which. */
export function EndpointDialog({ endpoint, onClose, onDone }: EndpointDialogProps) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const [url, setUrl] = useState(endpoint?.url ?? "");
  const [description, setDescription] = useState(endpoint?.description ?? "");
  const [types, setTypes] = useState<readonly string[]>(endpoint?.types ?? []);
  const [wrong, setWrong] = useState(false);
  const refused = action.problem !== null && "url" in action.problem.fields;
  const save = async () => {
    setWrong(!isAddress(url));
    if (!isAddress(url)) return;
    const [method, path] = endpoint ? (["PATCH", `/event-endpoints/${endpoint.endpoint_id}`] as const) : (["POST", "/event-endpoints"] as const);
    const saved = await action.run<Schemas["Endpoint"]>(method, path, { url, description, types });
    if (saved === null) return;
    notify(endpoint ? words.changed : words.added);
    onDone(saved);
  };
  return (
    <ActionDialog
      heading={endpoint ? words.change : words.add}
      confirm={endpoint ? words.save : words.add}
      busy={action.busy}
      problem={refused ? null : action.problem}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      <Field
        label={words.url}
        name="url"
        maxLength={LONGEST_URL}
        required
        hint={words.urlHint}
        error={wrong ? words.urlWrong : refused ? words.urlRefused : undefined}
        value={url}
        onChange={(value) => setUrl(value.trim())}
      />
      <Field
        label={words.description}
        name="description"
        maxLength={LONGEST_DESCRIPTION}
        hint={words.descriptionHint}
        value={description}
        onChange={setDescription}
      />
      <Types chosen={types} onChange={setTypes} />
    </ActionDialog>
  );
}

function Types({ chosen, onChange }: { chosen: readonly string[]; onChange: (types: readonly string[]) => void }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  const toggle = (type: string) => onChange(chosen.includes(type) ? chosen.filter((one) => one !== type) : [...chosen, type]);
  return (
    <fieldset className="pc-choices">
      <legend>{words.types}</legend>
      <p className="pt-small">{words.typesHint}</p>
      {TYPES.map((type) => (
        <CheckBox key={type} label={typeText(type, language)} hint={type} checked={chosen.includes(type)} onChange={() => toggle(type)} />
      ))}
    </fieldset>
  );
}

/** Whether this may be the address of an endpoint; the server knows whether it is one. */
function isAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" && url.hash === "";
}
