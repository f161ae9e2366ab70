import { Link } from "wouter";

import type { Filters } from "../useFilters.js";
import { useConsoleWords } from "../words.js";

interface PagerProps {
  filters: Filters<string>;
  next: string | null;
  /** What the way to the next page is called, where it is not just the next one. */
  onward?: string | undefined;
}

/** The way through the pages of a list: `next` is the cursor of the next one, null on the last. */
export function Pager({ filters, next, onward }: PagerProps) {
  const words = useConsoleWords();
  if (next === null && filters.cursor === "") return null;
  return (
    <nav className="pt-row pc-pager" aria-label={words.next}>
      {filters.cursor !== "" && (
        <Link className="pt-button pt-button-text" href={filters.pageAt("")}>
          {words.first}
        </Link>
      )}
      {next !== null && (
        <Link className="pt-button pt-button-tonal" href={filters.pageAt(next)}>
          {onward ?? words.next}
        </Link>
      )}
    </nav>
  );
}
