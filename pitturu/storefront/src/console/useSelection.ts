import { useState } from "react";

import type { Selection } from "./components/DataTable.js";

export interface Selected<Row> extends Selection {
  rows: readonly Row[];
  /** Chooses all rows; none if all are chosen. */
  toggleAll: () => void;
  all: boolean;
}

/** The rows of a table that are chosen. What is not listed any more is not chosen either. */
export function useSelection<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Selected<Row> {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const chosen = rows.filter((row) => keys.has(keyOf(row)));
  const toggle = (key: string) =>
    setKeys((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  const all = chosen.length === rows.length;
  const toggleAll = () => setKeys(new Set(all ? [] : rows.map(keyOf)));
  return { rows: chosen, chosen: new Set(chosen.map(keyOf)), toggle, toggleAll, all };
}
