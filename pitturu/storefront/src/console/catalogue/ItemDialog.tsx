import { useState } from "react";

import { bodyOf, type Complaints, complaintsAbout, type Draft, draftOf } from "./draft.js";
import { WORDS } from "./words.js";
import { Field } from "../../components/Field.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { CheckBox, TextArea } from "../components/Inputs.js";
import { useNotify } from "../components/Notices.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

interface ItemDialogProps {
  /** Null for a new one. */
  item: Schemas["ManagedItem"] | null;
  onClose: () => void;
  onSaved: () => void;
}

/** A new item, or changes to one. */
export function ItemDialog({ item, onClose, onSaved }: ItemDialogProps) {
  const words = useText(WORDS);
  const action = useAction();
  const notify = useNotify();
  const [draft, setDraft] = useState(() => draftOf(item));
  const [wrong, setWrong] = useState<Complaints>({});
  const save = async () => {
    const complaints = complaintsAbout(words, draft, item === null);
    setWrong(complaints);
    if (Object.keys(complaints).length > 0) return;
    const body = bodyOf(draft, item);
    if (Object.keys(body).length > 0) {
      const [method, path] = item === null ? (["POST", "/catalogue/items"] as const) : (["PATCH", `/catalogue/items/${item.id}`] as const);
      if ((await action.run(method, path, body)) === null) return;
      notify(words.saved);
      onSaved();
    }
    onClose();
  };
  const text = (name: keyof Draft) => ({
    name,
    value: draft[name] as string,
    error: wrong[name],
    onChange: (value: string) => setDraft({ ...draft, [name]: value }),
  });
  return (
    <ActionDialog
      heading={item === null ? words.addHeading : words.editHeading}
      confirm={words.save}
      busy={action.busy}
      problem={action.problem}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      <Field label={words.name} maxLength={255} {...text("name")} />
      <Field label="SKU" maxLength={64} {...text("sku")} />
      <Field label={words.price} hint={words.priceHint} inputMode="numeric" maxLength={12} {...text("price")} />
      {item === null && <Field label={words.stock} hint={words.stockHint} inputMode="numeric" maxLength={9} {...text("stock")} />}
      <TextArea label={words.description} maxLength={2000} {...text("description")} />
      <Field label={words.picture} hint={words.pictureHint} maxLength={500} {...text("image_url")} />
      <CheckBox label={words.active} hint={words.activeHint} checked={draft.active} onChange={(active) => setDraft({ ...draft, active })} />
      <CheckBox
        label={words.returnable}
        hint={words.returnableHint}
        checked={draft.returnable}
        onChange={(returnable) => setDraft({ ...draft, returnable })}
      />
      <CheckBox label={words.taxFree} checked={draft.tax_free} onChange={(tax_free) => setDraft({ ...draft, tax_free })} />
    </ActionDialog>
  );
}
