import { type FormEvent, type ReactNode, useEffect, useState } from "react";

import { Button } from "../../components/Button.js";
import type { Filters } from "../useFilters.js";
import { useConsoleWords } from "../words.js";

interface FilterFormProps<Name extends string> {
  filters: Filters<Name>;
  /** The fields, for the draft and the function that changes it. */
  children: (draft: Readonly<Record<Name, string>>, change: (name: Name, value: string) => void) => ReactNode;
  /** Buttons after the form's own. */
  actions?: ReactNode;
}

/** The form of a list's filters. They apply when it is sent, and are in the address then. */
export function FilterForm<Name extends string>({ filters, children, actions }: FilterFormProps<Name>) {
  const words = useConsoleWords();
  const [draft, setDraft] = useState(filters.values);
  useEffect(() => setDraft(filters.values), [filters.values]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    filters.apply(draft);
  };
  return (
    <form className="pc-filters" role="search" onSubmit={submit}>
      {children(draft, (name, value) => setDraft((before) => ({ ...before, [name]: value })))}
      <div className="pt-row">
        <Button type="submit" kind="tonal">
          {words.filter}
        </Button>
        {filters.active && (
          <Button kind="text" onClick={filters.clear}>
            {words.clear}
          </Button>
        )}
        {actions}
      </div>
    </form>
  );
}
