import { useState } from "react";
import { Link } from "wouter";

import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { useWords } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { ChooseAll } from "../components/ChooseAll.js";
import { DataTable } from "../components/DataTable.js";
import { Loaded } from "../components/Loaded.js";
import { Page } from "../components/Page.js";
import { Age, Chip, Won } from "../components/Value.js";
import { useMay, useOperator } from "../session.js";
import { useRefresh, useResource } from "../useResource.js";
import { type Selected, useSelection } from "../useSelection.js";
import { useText } from "../words.js";
import { Decide } from "../cases/Decide.js";
import { DecideDialog, type Verb } from "../cases/DecideDialog.js";
import { decisionOf } from "../cases/decisions.js";

type Approval = Schemas["Approval"];

const EVERY = 60_000;
/** Milliseconds between two readings, each of which is a line of the operator log. */

/** Cancels that wait for a person: large refunds, and returns. */
export function ApprovalsPage() {
  const words = useText(WORDS);
  const list = useResource<Schemas["Approvals"]>("/operations/approvals?limit=500", { every: EVERY });
  const refresh = useRefresh();
  const reload = () => {
    list.reload();
    void refresh("/operations/system");
  };
  return (
    <Page heading={words.heading} help={words.help}>
      <Loaded of={list} isEmpty={({ items }) => items.length === 0} empty={words.empty}>
        {({ items }) => <Waiting rows={items} reload={reload} />}
      </Loaded>
    </Page>
  );
}

function Waiting({ rows, reload }: { rows: readonly Approval[]; reload: () => void }) {
  const [words, shared] = [useText(WORDS), useWords()];
  const may = useMay();
  const selection = useSelection(rows, (row) => row.cancellation_id);
  const decides = may("decide_return") || may("approve_cancel");
  return (
    <>
      {decides && <Chosen selection={selection} reload={reload} />}
      <DataTable
        caption={words.caption}
        rows={rows}
        rowKey={(row) => row.cancellation_id}
        selection={decides ? selection : undefined}
        selectLabel={(row) => words.select(row.item_name, shared.won(row.amount))}
        columns={[
          { key: "what", header: words.what, cell: (row) => <What row={row} /> },
          { key: "amount", header: words.amount, numeric: true, cell: (row) => <HowMuch row={row} /> },
          { key: "stage", header: words.stage, cell: (row) => <Chip tone="caution">{words.stages[row.stage] ?? row.stage}</Chip> },
          { key: "buyer", header: words.buyer, cell: (row) => row.buyer ?? "–" },
          { key: "asked", header: words.asked, cell: (row) => <Who row={row} /> },
          { key: "reason", header: words.reason, cell: (row) => row.reason },
          { key: "since", header: words.since, cell: (row) => <Age at={row.created_at} /> },
          { key: "decide", header: words.decide, cell: (row) => <Decide row={row} onDone={reload} /> },
        ]}
      />
    </>
  );
}

/** The decision about all chosen rows that this operator may decide about. */
function Chosen({ selection, reload }: { selection: Selected<Approval>; reload: () => void }) {
  const words = useText(WORDS);
  const operator = useOperator();
  const [verb, setVerb] = useState<Verb | null>(null);
  const approvable = selection.rows.filter((row) => decisionOf(row, operator).approve);
  const rejectable = selection.rows.filter((row) => decisionOf(row, operator).reject);
  const asked = verb === "approve" ? approvable : rejectable;
  return (
    <div className="pt-row">
      <ChooseAll selection={selection} />
      <Button kind="tonal" disabled={approvable.length === 0} onClick={() => setVerb("approve")}>
        {words.approveChosen(approvable.length)}
      </Button>
      <Button kind="outlined" disabled={rejectable.length === 0} onClick={() => setVerb("reject")}>
        {words.rejectChosen(rejectable.length)}
      </Button>
      {verb && <DecideDialog verb={verb} rows={asked} onClose={() => setVerb(null)} onDone={reload} />}
    </div>
  );
}

function What({ row }: { row: Approval }) {
  const words = useText(WORDS);
  return (
    <>
      <Link href={`/payments/${encodeURIComponent(row.payment_id)}`}>{row.item_name}</Link>
      {row.quantity !== null && <span className="pt-small"> {words.pieces(row.quantity)}</span>}
    </>
  );
}

function HowMuch({ row }: { row: Approval }) {
  const [words, shared] = [useText(WORDS), useWords()];
  return (
    <span className="pc-stack">
      <Won amount={row.amount} />
      <span className="pt-small">{words.ofPaid(shared.won(row.paid_amount))}</span>
    </span>
  );
}

function Who({ row }: { row: Approval }) {
  const words = useText(WORDS);
  return (
    <span className="pc-stack">
      {row.requested_by ?? words.system}
      {row.reviewed_by && <span className="pt-small">{words.reviewed(row.reviewed_by)}</span>}
    </span>
  );
}
