import { type FormEvent, useEffect, useRef, useState } from "react";

import { useOwnWords } from "./ownWords.js";
import { Button } from "../../components/Button.js";
import { Dialog } from "../../components/Dialog.js";
import { Field } from "../../components/Field.js";
import { Icon } from "../../components/Icon.js";
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

/** Which purchases to show: their status at once, the days in a dialog of their own. */
export function Filters({ wanted, onChange }: { wanted: Wanted; onChange: (wanted: Wanted) => void }) {
  const words = useWords();
  const own = useOwnWords();
  const [open, setOpen] = useState(false);
  const row = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    // From a link, the choice may be one that the row does not show without being moved.
    row.current?.querySelector(":checked")?.parentElement?.scrollIntoView({ block: "nearest", inline: "center" });
  }, []);
  const hasDays = wanted.from !== "" || wanted.to !== "";
  return (
    <>
      <fieldset ref={row} className="pt-choices">
        <legend className="pt-unseen">{own.history.status}</legend>
        <button type="button" className="pt-select-chip" aria-pressed={hasDays} onClick={() => setOpen(true)}>
          <Icon name="calendar" />
          {hasDays ? `${wanted.from} – ${wanted.to}` : own.history.days}
        </button>
        {(["", ...SHOWN] as const).map((status) => (
          <label key={status} className="pt-select-chip">
            <input
              type="radio"
              name="status"
              value={status}
              checked={status === wanted.status}
              onChange={() => onChange({ ...wanted, status })}
            />
            {status === "" ? own.history.any : words.status[status]}
          </label>
        ))}
      </fieldset>
      <Dialog open={open} heading={own.history.days} onClose={() => setOpen(false)}>
        <Days
          wanted={wanted}
          onChange={(days) => {
            setOpen(false);
            onChange({ ...wanted, ...days });
          }}
        />
      </Dialog>
    </>
  );
}

type DaysWanted = Pick<Wanted, "from" | "to">;

function Days({ wanted, onChange }: { wanted: Wanted; onChange: (days: DaysWanted) => void }) {
  const own = useOwnWords();
  const [draft, setDraft] = useState<DaysWanted>({ from: wanted.from, to: wanted.to });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange(draft);
  };
  return (
    <form className="pt-form" onSubmit={submit}>
      <div className="pt-days">
        <Field
          label={own.history.from}
          name="from"
          type="date"
          value={draft.from}
          onChange={(from) => setDraft({ ...draft, from })}
        />
        <Field label={own.history.to} name="to" type="date" value={draft.to} onChange={(to) => setDraft({ ...draft, to })} />
      </div>
      <Button type="submit" wide>
        {own.history.apply}
      </Button>
      <Button kind="text" wide onClick={() => onChange({ from: "", to: "" })}>
        {own.history.clear}
      </Button>
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
