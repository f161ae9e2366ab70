import { useState } from "react";

import { wholeNumber } from "./draft.js";
import { WORDS } from "./words.js";
import { Field, Select } from "../../components/Field.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { useNotify } from "../components/Notices.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

interface StockDialogProps {
  item: Schemas["ManagedItem"];
  onClose: () => void;
  onSaved: () => void;
}

/** Pieces that came or went in another way than by an order, or a new count. */
export function StockDialog({ item, onClose, onSaved }: StockDialogProps) {
  const words = useText(WORDS);
  const action = useAction();
  const notify = useNotify();
  const limited = item.stock !== null;
  const [how, setHow] = useState(limited ? "change" : "set");
  const [number, setNumber] = useState("");
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<{ number?: string; reason?: string }>({});
  const save = async () => {
    const value = wholeNumber(number);
    const bad = how === "change" ? !value : number.trim() !== "" && (value === null || value < 0);
    const complaints = {
      ...(bad ? { number: how === "change" ? words.wrongChange : words.wrongStock } : {}),
      ...(reason.trim() ? {} : { reason: words.wrongReason }),
    };
    setWrong(complaints);
    if (Object.keys(complaints).length > 0) return;
    const body = how === "change" ? { change: value } : { set_to: value, seen: item.stock };
    if ((await action.run("POST", `/catalogue/items/${item.id}/stock`, { ...body, reason: reason.trim() })) === null) {
      // Another stock than the one shown: the next try sees the new one.
      onSaved();
      return;
    }
    notify(words.saved);
    onSaved();
    onClose();
  };
  const ways = [...(limited ? [["change", words.byChange] as const] : []), ["set", words.bySetting] as const];
  return (
    <ActionDialog
      heading={words.correctHeading}
      confirm={words.save}
      busy={action.busy}
      problem={action.problem}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      <p>
        {item.name} · {words.stock} {limited ? item.stock : words.unlimited}
      </p>
      <Select label={words.how} name="how" value={how} choices={ways} onChange={setHow} />
      <Field
        label={how === "change" ? words.change : words.setTo}
        name="number"
        inputMode="numeric"
        maxLength={10}
        value={number}
        error={wrong.number}
        onChange={setNumber}
      />
      <Field label={words.reason} name="reason" maxLength={200} value={reason} error={wrong.reason} onChange={setReason} />
    </ActionDialog>
  );
}
