import type { ReactNode } from "react";

export interface StateRow {
  label: ReactNode;
  /** What tells the row from others where its label is no text. */
  key?: string;
  value: ReactNode;
  /** What to do about it. */
  advice?: string | false | undefined;
  /** More about it, for who asks. */
  title?: string;
}

interface StateGroupProps {
  heading: string;
  rows: readonly StateRow[];
  /** What is said when there are none. */
  empty?: string;
  /** The way to the page that helps. */
  children?: ReactNode;
}

/** A few facts about one part of the system. */
export function StateGroup({ heading, rows, empty, children }: StateGroupProps) {
  return (
    <section className="pc-group">
      <h3>{heading}</h3>
      {rows.length === 0 && empty && <p className="pt-small">{empty}</p>}
      {rows.length > 0 && (
        <dl>
          {rows.map(({ label, key, value, advice, title }) => (
            <div key={key ?? String(label)}>
              <dt>{label}</dt>
              <dd title={title}>{value}</dd>
              {advice && <dd className="pc-advice">{advice}</dd>}
            </div>
          ))}
        </dl>
      )}
      {children && <p className="pt-small">{children}</p>}
    </section>
  );
}
