import { type FormEvent, useState } from "react";

import { Button } from "../../components/Button.js";
import { Field, Select } from "../../components/Field.js";
import { useWords } from "../../i18n/language.js";
import type { HistoryFilter, SessionStatus } from "../../types/payment.js";

/** The filter values; days as the browser formats them, empty for no limit. */
export interface Wanted {
  status: SessionStatus | "";
  from: string;
  to: string;
}

const SHOWN: readonly SessionStatus[] = [
  "paid",
  "awaiting_deposit",
  "partially_cancelled",
  "cancelled",
  "failed",
  "mismatched",
  "expired",
];

/** Which purchases to show. */
export function Filters({ wanted, onChange }: { wanted: Wanted; onChange: (wanted: Wanted) => void }) {
  const words = useWords();
  const [draft, setDraft] = useState(wanted);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange(draft);
  };
  const clear = () => {
    const none: Wanted = { status: "", from: "", to: "" };
    setDraft(none);
    onChange(none);
  };
  return (
    <form className="pt-filters" onSubmit={submit}>
      <Select
        label={words.history.status}
        name="status"
        value={draft.status}
        choices={[["", words.history.any], ...SHOWN.map((status) => [status, words.status[status]] as const)]}
        onChange={(status) => setDraft({ ...draft, status: status as Wanted["status"] })}
      />
      <Field
        label={words.history.from}
        name="from"
        type="date"
        value={draft.from}
        onChange={(from) => setDraft({ ...draft, from })}
      />
      <Field label={words.history.to} name="to" type="date" value={draft.to} onChange={(to) => setDraft({ ...draft, to })} />
      <div className="pt-row">
        <Button type="submit" kind="tonal">
          {words.history.apply}
        </Button>
        <Button kind="text" onClick={clear}>
          {words.history.clear}
        </Button>
      </div>
    </form>
  );
}

/** The same as query parameters: whole days of the buyer's calendar, the last one included. */
export function filterOf(wanted: Wanted): HistoryFilter {
  return {
    ...(wanted.status ? { status: wanted.status } : {}),
    ...moment("from", wanted.from, 0),
    ...moment("to", wanted.to, 1),
  };
}

function moment(name: "from" | "to", day: string, later: number): HistoryFilter {
  const at = new Date(`${day}T00:00:00`);
  if (Number.isNaN(at.getTime())) return {};
  at.setDate(at.getDate() + later);
  return { [name]: at.toISOString() };
}
