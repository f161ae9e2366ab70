import { Link } from "wouter";

import { CaseActions } from "./CaseActions.js";
import { WORDS } from "./words.js";
import { useLanguage } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { DataTable, type Selection } from "../components/DataTable.js";
import { Age, Chip, Time, Won } from "../components/Value.js";
import { useText } from "../words.js";
import { explained } from "../cases/explanations.js";
import { WORDS as WORK } from "../cases/words.js";

type Case = Schemas["Case"];

interface CasesProps {
  rows: readonly Case[];
  selection: Selection | undefined;
  reload: () => void;
}

/** What waits for an operator, with what to do. */
export function Cases({ rows, selection, reload }: CasesProps) {
  const [words, work] = [useText(WORDS), useText(WORK)];
  const { language } = useLanguage();
  const acknowledged = rows.some((row) => row.acknowledged !== null);
  return (
    <DataTable
      caption={words.caption}
      rows={rows}
      rowKey={(row) => row.id}
      selection={selection}
      selectLabel={(row) => words.select(work.kinds[row.kind] ?? row.kind, row.id)}
      columns={[
        { key: "what", header: words.what, cell: (row) => <What row={row} /> },
        !acknowledged && { key: "todo", header: words.todo, cell: (row) => explained(row, language).todo },
        { key: "order", header: words.order, cell: (row) => <About row={row} /> },
        { key: "amount", header: words.amount, numeric: true, cell: (row) => <Won amount={row.amount} /> },
        { key: "since", header: words.since, cell: (row) => <Age at={row.waiting_since} /> },
        acknowledged && { key: "note", header: words.note, cell: (row) => row.acknowledged?.note ?? "–" },
        acknowledged && { key: "by", header: words.by, cell: (row) => <By row={row} /> },
        { key: "action", header: words.action, cell: (row) => <CaseActions row={row} onDone={reload} /> },
      ]}
    />
  );
}

function What({ row }: { row: Case }) {
  const [words, work] = [useText(WORDS), useText(WORK)];
  const { language } = useLanguage();
  return (
    <span className="pc-stack">
      <Chip tone={row.reason === "dead" || row.reason === "refused" ? "bad" : "caution"}>{words.reasons[row.reason] ?? row.reason}</Chip>
      <span>
        {work.kinds[row.kind] ?? row.kind}: {explained(row, language).what}
      </span>
      {row.last_error && (
        <span className="pt-small">
          {words.error}: {row.last_error}
        </span>
      )}
    </span>
  );
}

/** The order that it is about, else the thing itself. */
function About({ row }: { row: Case }) {
  const words = useText(WORDS);
  const order = row.session_id ?? row.payment_id;
  if (order) return <Link href={`/payments/${encodeURIComponent(order)}`}>{row.merchant_uid ?? order}</Link>;
  if (row.kind === "comparison") return <Link href={`/reconciliation/${encodeURIComponent(row.id)}`}>{row.id}</Link>;
  return (
    <span className="pc-stack">
      <code>{row.merchant_uid ?? row.id}</code>
      {row.kind === "webhook" && <Link href={`/webhooks/${encodeURIComponent(row.id)}`}>{words.webhook}</Link>}
    </span>
  );
}

function By({ row }: { row: Case }) {
  if (row.acknowledged === null) return <>–</>;
  return (
    <span className="pc-stack">
      {row.acknowledged.by ?? "–"}
      <span className="pt-small">
        <Time at={row.acknowledged.at} />
      </span>
    </span>
  );
}
