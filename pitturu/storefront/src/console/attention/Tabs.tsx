import { Link } from "wouter";

import { WORDS } from "./words.js";
import type { Schemas } from "../api.js";
import type { Filters } from "../useFilters.js";
import { useText } from "../words.js";

interface TabsProps {
  filters: Filters<"reason" | "acknowledged">;
  /** Null while they are not known. */
  counts: Schemas["Dead"]["counts"] | null;
}

/** The reasons for which something waits, each with how much does; those with nothing are left out. */
export function Tabs({ filters, counts }: TabsProps) {
  const words = useText(WORDS);
  const { reason, acknowledged } = filters.values;
  const many = (wanted?: string) =>
    counts?.filter((one) => wanted === undefined || one.reason === wanted).reduce((sum, one) => sum + one.count, 0);
  const tab = (name: string, label: string, href: string, current: boolean, count?: number) => (
    <Link key={name} href={href} aria-current={current ? "page" : undefined}>
      {label}
      {count !== undefined && count > 0 && <span className="pc-chip">{count}</span>}
    </Link>
  );
  return (
    <nav className="pc-tabs" aria-label={words.tabs}>
      {tab("all", words.all, "/attention", reason === "" && acknowledged === "", many())}
      {Object.entries(words.reasons)
        .filter(([name]) => reason === name || (many(name) ?? 0) > 0)
        .map(([name, label]) => tab(name, label, `/attention?reason=${name}`, reason === name, many(name)))}
      {tab("acknowledged", words.acknowledged, "/attention?acknowledged=true", acknowledged === "true")}
      {tab("mismatched", words.mismatched, "/payments?status=mismatched", false)}
    </nav>
  );
}
