import { useEffect, useRef, useState } from "react";

import { ItemField } from "./ItemField.js";
import { type Name, NAMES, tooShort, wonOf } from "./query.js";
import { WORDS } from "./words.js";
import { Field, Select } from "../../components/Field.js";
import { useWords } from "../../i18n/language.js";
import { FilterForm } from "../components/FilterForm.js";
import { METHODS, useMethodName } from "../methods.js";
import type { Filters } from "../useFilters.js";
import { useConsoleWords, useText } from "../words.js";

const KEYBOARD = "(hover: hover)";
/** What has a pointer that hovers has keys too. */

interface PartProps {
  draft: Readonly<Record<Name, string>>;
  change: (name: Name, value: string) => void;
}

/** The one search box, and what narrows the result; that is folded away on phones. */
export function SearchForm({ filters }: { filters: Filters<Name> }) {
  const words = useText(WORDS);
  const [unfolded, setOpen] = useState(false);
  const open = unfolded || [filters.values.amount_from, filters.values.amount_to].some((amount) => wonOf(amount) === null);
  const active = NAMES.filter((name) => name !== "q" && filters.values[name] !== "").length;
  return (
    <FilterForm filters={filters}>
      {(draft, change) => (
        <>
          <SearchBox draft={draft} change={change} wrong={tooShort(filters.values.q)} />
          <div id="more" className="pc-more" data-open={open} onInvalidCapture={() => setOpen(true)}>
            <Narrowing draft={draft} change={change} applied={filters.values} />
          </div>
          <span className="pc-narrow-only pc-more-button">
            <button type="button" className="pt-button pt-button-outlined" aria-expanded={open} aria-controls="more" onClick={() => setOpen(!open)}>
              {active > 0 ? words.moreActive(active) : words.more}
            </button>
          </span>
        </>
      )}
    </FilterForm>
  );
}

function SearchBox({ draft, change, wrong }: PartProps & { wrong: boolean }) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      event.preventDefault();
      box.current?.querySelector("input")?.focus();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  return (
    <div ref={box} className="pc-search">
      <Field
        label={words.q}
        name="q"
        maxLength={255}
        hint={matchMedia(KEYBOARD).matches ? `${words.qHint} ${words.slash}` : words.qHint}
        error={wrong ? shared.problems.search_too_short : undefined}
        value={draft.q}
        onChange={(value) => change("q", value)}
      />
    </div>
  );
}

/** Whether the key is meant for a field. */
function typing(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, select, textarea, [contenteditable], dialog") !== null;
}

function Narrowing({ draft, change, applied }: PartProps & { applied: Readonly<Record<Name, string>> }) {
  const [words, shared, common] = [useText(WORDS), useConsoleWords(), useWords()];
  const methodName = useMethodName();
  const field = (name: Name) => ({ name, value: draft[name], onChange: (value: string) => change(name, value) });
  const amount = (name: "amount_from" | "amount_to") => ({
    ...field(name),
    inputMode: "numeric" as const,
    maxLength: 20,
    error: wonOf(applied[name]) === null ? words.amountWrong : undefined,
  });
  const any = ["", shared.any] as const;
  const methods = [...new Set([...METHODS, ...(draft.pay_method ? [draft.pay_method] : [])])];
  return (
    <>
      <Select label={words.status} choices={[any, ...Object.entries(common.status)]} {...field("status")} />
      <Select label={words.method} choices={[any, ...methods.map((method) => [method, methodName(method)] as const)]} {...field("pay_method")} />
      <Select label={words.generation} choices={[any, ["v1", "V1"], ["v2", "V2"]]} {...field("generation")} />
      <Field label={words.from} type="date" {...field("from")} />
      <Field label={words.to} type="date" {...field("to")} />
      <Field label={words.amountFrom} {...amount("amount_from")} />
      <Field label={words.amountTo} {...amount("amount_to")} />
      <ItemField key={JSON.stringify(applied)} id={draft.item_id} onChoose={(id) => change("item_id", id)} />
    </>
  );
}
