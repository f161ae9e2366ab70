import { type ReactNode, useState } from "react";

import { Empty } from "./Loaded.js";
import { Section } from "./Page.js";
import { Button } from "../../components/Button.js";
import { useConsoleWords } from "../words.js";

interface ChartedProps {
  heading: string;
  /** What is said in place of both when there is nothing to show. */
  empty: string | false;
  chart: ReactNode;
  /** The same as a table, for those who do not see the chart, and for exact numbers. */
  table: ReactNode;
  /** The way on, below both. */
  more?: ReactNode;
}

/** A part of a page that is a chart or, by a button, a table. */
export function Charted({ heading, empty, chart, table, more }: ChartedProps) {
  const words = useConsoleWords();
  const [asTable, setAsTable] = useState(false);
  const toggle = (
    <Button kind="text" label={`${heading}: ${asTable ? words.asChart : words.asTable}`} onClick={() => setAsTable(!asTable)}>
      {asTable ? words.asChart : words.asTable}
    </Button>
  );
  return (
    <Section heading={heading} actions={empty === false && toggle}>
      {empty !== false ? <Empty>{empty}</Empty> : asTable ? <div className="pc-chart-table">{table}</div> : chart}
      {empty === false && more && <p className="pt-small">{more}</p>}
    </Section>
  );
}
