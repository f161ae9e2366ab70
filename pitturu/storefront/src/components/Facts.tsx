import type { ReactNode } from "react";

type Row = readonly [term: string, fact: ReactNode];

/** A description list. Rows that are false are omitted. */
export function Facts({ rows }: { rows: readonly (Row | false)[] }) {
  return (
    <dl className="pt-facts">
      {rows
        .filter((row) => row !== false)
        .map(([term, fact]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{fact}</dd>
          </div>
        ))}
    </dl>
  );
}
