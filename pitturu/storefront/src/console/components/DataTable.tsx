import type { ReactNode } from "react";

import { useConsoleWords } from "../words.js";

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Numbers are aligned at the end. */
  numeric?: boolean;
}

/** Rows that are chosen for an action on several of them. */
export interface Selection {
  chosen: ReadonlySet<string>;
  toggle: (key: string) => void;
}

interface DataTableProps<Row> {
  /** What the table has, for screen readers. */
  caption: string;
  columns: readonly (Column<Row> | false)[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** With it each row has a checkbox; `selectLabel` names it. */
  selection?: Selection | undefined;
  selectLabel?: (row: Row) => string;
}

/**
 * A table that becomes a list of cards where there is no room. The first column names the row. The roles are written
 * out because browsers drop them from elements that are laid out in another way.
 */
export function DataTable<Row>({ caption, columns, rows, rowKey, selection, selectLabel }: DataTableProps<Row>) {
  const words = useConsoleWords();
  const shown = columns.filter((column) => column !== false);
  return (
    <div className="pc-table" role="region" aria-label={caption} tabIndex={0}>
      <table role="table">
        <caption className="pt-unseen">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {selection && (
              <th role="columnheader" scope="col">
                <span className="pt-unseen">{words.choose}</span>
              </th>
            )}
            {shown.map((column) => (
              <th key={column.key} role="columnheader" scope="col" className={column.numeric ? "pc-number" : undefined}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {selection && (
                <td role="cell" className="pc-select">
                  <label>
                    <input type="checkbox" checked={selection.chosen.has(rowKey(row))} onChange={() => selection.toggle(rowKey(row))} />
                    <span className="pt-unseen">{selectLabel?.(row) ?? rowKey(row)}</span>
                  </label>
                </td>
              )}
              {shown.map((column, index) => {
                const about = { "data-label": column.header, className: column.numeric ? "pc-number" : undefined };
                const content = column.cell(row);
                return index === 0 ? (
                  <th key={column.key} role="rowheader" scope="row" {...about}>
                    {content}
                  </th>
                ) : (
                  <td key={column.key} role="cell" {...about}>
                    {content}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
