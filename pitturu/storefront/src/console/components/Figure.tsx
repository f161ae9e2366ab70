import type { ReactNode } from "react";

interface FigureProps {
  label: string;
  value: ReactNode;
  /** The change against the range before, or another line below. */
  note?: ReactNode;
}

/** One number, large. */
export function Figure({ label, value, note }: FigureProps) {
  return (
    <div className="pc-figure">
      <dt>{label}</dt>
      <dd>
        <strong>{value}</strong>
        {note && <span className="pt-small">{note}</span>}
      </dd>
    </div>
  );
}

export function Figures({ children }: { children: ReactNode }) {
  return <dl className="pc-figures">{children}</dl>;
}
