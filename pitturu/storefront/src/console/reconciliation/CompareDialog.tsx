import { useState } from "react";
import { useLocation } from "wouter";

import type { Comparison } from "./parts.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { Field, Select } from "../../components/Field.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { useNotify } from "../components/Notices.js";
import { beginningOf, koreanDay } from "../days.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

const DAY = 86_400_000;
const MOST_DAYS = 366;

interface CompareDialogProps {
  /** An ended comparison, by which the number of calls is estimated. */
  sample: Comparison | undefined;
  onClose: () => void;
}

/** Which days to compare, and what to do about differences. */
export function CompareDialog({ sample, onClose }: CompareDialogProps) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const [, navigate] = useLocation();
  const [from, setFrom] = useState(() => koreanDay(new Date(), -1));
  const [to, setTo] = useState(from);
  const [heal, setHeal] = useState<"true" | "false">("true");
  const [wrong, setWrong] = useState(false);
  const days = daysOf(from, to);
  const start = async () => {
    setWrong(days === null);
    if (days === null) return;
    const begun = await action.run<Schemas["Comparison"]>("POST", "/operations/comparisons", { from, to, heal: heal === "true" });
    if (begun === null) return;
    notify(words.begun);
    navigate(`/reconciliation/${begun.comparison_id}`);
  };
  const choose = (earliest: number) => {
    setFrom(koreanDay(new Date(), earliest));
    setTo(koreanDay(new Date(), -1));
  };
  return (
    <ActionDialog heading={words.start} confirm={words.start} busy={action.busy} problem={action.problem} onConfirm={() => void start()} onClose={onClose}>
      <p>{words.startHelp}</p>
      <div className="pt-row">
        {([["yesterday", -1], ["week", -7], ["month", -30]] as const).map(([name, earliest]) => (
          <Button key={name} kind="outlined" onClick={() => choose(earliest)}>
            {words.presets[name]}
          </Button>
        ))}
      </div>
      <Field label={words.from} name="from" type="date" value={from} onChange={setFrom} />
      <Field label={words.to} name="to" type="date" value={to} error={wrong ? words.badDays : undefined} onChange={setTo} />
      <Select
        label={words.heal}
        name="heal"
        value={heal}
        choices={[
          ["true", words.heals.true],
          ["false", words.heals.false],
        ]}
        onChange={(value) => setHeal(value === "false" ? "false" : "true")}
      />
      <p className="pt-small">{cost(sample, days, words)}</p>
    </ActionDialog>
  );
}

/** How many days that is, both included; null if it cannot be compared. */
function daysOf(from: string, to: string): number | null {
  const [begin, end] = [beginningOf(from), beginningOf(to, 1)];
  if (begin === undefined || end === undefined) return null;
  const days = (new Date(end).getTime() - new Date(begin).getTime()) / DAY;
  return days >= 1 && days <= MOST_DAYS ? days : null;
}

function cost(sample: Comparison | undefined, days: number | null, words: (typeof WORDS)["ko"]): string {
  if (sample === undefined || sample.calls === 0 || days === null) return words.costUnknown;
  const compared = (new Date(sample.to).getTime() - new Date(sample.from).getTime()) / DAY;
  return words.cost(Math.max(1, Math.round((sample.calls / compared) * days)));
}
