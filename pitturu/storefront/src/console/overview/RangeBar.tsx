import { type FormEvent, useEffect, useRef, useState } from "react";
import { Link } from "wouter";

import { PRESETS, type Preset, presetOf, type Range } from "./range.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { Field, Select } from "../../components/Field.js";
import { withQuery } from "../api.js";
import { koreanDay } from "../days.js";
import type { Filters } from "../useFilters.js";
import { useConsoleWords, useText } from "../words.js";

interface RangeBarProps {
  filters: Filters<"range" | "from" | "to" | "by">;
  range: Range | null;
}

/** Chooses the time that the overview is about. */
export function RangeBar({ filters, range }: RangeBarProps) {
  const words = useText(WORDS);
  const chosen = presetOf(filters.values.range);
  const tabs = useRef<HTMLElement>(null);
  useEffect(() => tabs.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }), [chosen]);
  return (
    <>
      <div className="pc-range">
        <nav ref={tabs} className="pc-tabs" aria-label={words.rangeLabel}>
          {PRESETS.map((preset) => (
            <Link key={preset} href={addressOf(preset)} aria-current={preset === chosen ? "page" : undefined}>
              {words.ranges[preset]}
            </Link>
          ))}
        </nav>
        {range !== null && (
          <Select
            label={words.by}
            name="by"
            value={range.by}
            choices={range.lengths.map((by) => [by, words.periods[by]])}
            onChange={(by) => filters.apply({ by })}
          />
        )}
      </div>
      {chosen === "own" && <OwnDates filters={filters} />}
    </>
  );
}

function addressOf(preset: Preset): string {
  const now = new Date();
  const own = preset === "own" ? { from: koreanDay(now, -6), to: koreanDay(now) } : {};
  return withQuery("/", { range: preset === "today" ? "" : preset, ...own });
}

function OwnDates({ filters }: Pick<RangeBarProps, "filters">) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const { from, to } = filters.values;
  const [draft, setDraft] = useState({ from, to });
  useEffect(() => setDraft({ from, to }), [from, to]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    filters.apply(draft);
  };
  return (
    <form className="pc-filters" onSubmit={submit}>
      <Field label={words.from} name="from" type="date" value={draft.from} onChange={(day) => setDraft({ ...draft, from: day })} />
      <Field label={words.to} name="to" type="date" value={draft.to} onChange={(day) => setDraft({ ...draft, to: day })} />
      <Button type="submit" kind="tonal">
        {shared.filter}
      </Button>
    </form>
  );
}
