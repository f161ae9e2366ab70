import { waitingOf } from "./decidable.js";
import { WORDS } from "./words.js";
import { safeLink } from "../../components/PaymentDetails.js";
import { useWords } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { Section } from "../components/Page.js";
import { Chip, Time, type Tone, Won } from "../components/Value.js";
import { useText } from "../words.js";
import { Decide } from "../cases/Decide.js";

type Order = Schemas["Order"];
type Cancel = Schemas["OrderCancellation"];

const TONES: Partial<Record<Cancel["stage"], Tone>> = {
  succeeded: "good",
  refused: "bad",
  rejected: "neutral",
  needs_account: "bad",
  awaiting_approval: "caution",
  return_requested: "caution",
};

/** Every cancel of the order: how much, how far, who wanted and who allowed it. */
export function Cancels({ order, onDone }: { order: Order; onDone: () => void }) {
  const words = useText(WORDS);
  const rows = order.payments.flatMap((payment) => payment.cancellations);
  return (
    <Section heading={words.cancels}>
      {rows.length === 0 ? (
        <p className="pt-small">{words.noCancels}</p>
      ) : (
        <DataTable
          caption={words.cancels}
          rows={rows}
          rowKey={(row) => row.cancellation_id}
          columns={[
            { key: "amount", header: words.wonBack, cell: (row) => (row.kind === "revoke" ? words.revoke : <Won amount={row.amount} />) },
            { key: "stage", header: words.stage, cell: (row) => <Stage order={order} row={row} onDone={onDone} /> },
            { key: "pieces", header: words.pieces, cell: (row) => <Pieces order={order} row={row} /> },
            { key: "reason", header: words.reason, cell: (row) => row.reason },
            rows.some((row) => row.refusal) && { key: "refusal", header: words.refusal, cell: (row) => row.refusal ?? "–" },
            { key: "asked", header: words.asked, cell: (row) => <Asked row={row} /> },
            rows.some((row) => row.reviewed_by ?? row.approved_by) && {
              key: "approved",
              header: words.approved,
              cell: (row) => [row.reviewed_by, row.approved_by].filter(Boolean).join(", ") || "–",
            },
            rows.some((row) => row.refund_account) && { key: "account", header: words.refundAccount, cell: account },
            { key: "decided", header: words.decidedAt, cell: (row) => <Ended row={row} /> },
          ]}
        />
      )}
    </Section>
  );
}

function Stage({ order, row, onDone }: { order: Order; row: Cancel; onDone: () => void }) {
  const shared = useWords();
  const waiting = waitingOf(order, row.cancellation_id);
  const tone = row.dead_since === null ? (TONES[row.stage] ?? "neutral") : "bad";
  return (
    <span className="pc-stack">
      <Chip tone={tone}>{shared.stages[row.stage]}</Chip>
      {row.last_error && <span className="pt-small">{row.last_error}</span>}
      {waiting && <Decide row={waiting} onDone={onDone} />}
    </span>
  );
}

function Pieces({ order, row }: { order: Order; row: Cancel }) {
  const shared = useWords();
  const nameOf = (id: string) => order.lines.find((line) => line.line_id === id)?.item_name ?? "";
  if (row.lines.length === 0) return <>–</>;
  return <>{row.lines.map(({ line_id, quantity }) => `${nameOf(line_id)} × ${shared.pieces(quantity)}`).join(", ")}</>;
}

function Asked({ row }: { row: Cancel }) {
  const words = useText(WORDS);
  const origin = words.origins[row.origin] ?? row.origin;
  return (
    <span className="pc-stack">
      {row.by ? `${row.by} (${origin})` : origin}
      <span className="pt-small">
        <Time at={row.created_at} />
      </span>
    </span>
  );
}

function Ended({ row }: { row: Cancel }) {
  const words = useText(WORDS);
  const receipt = safeLink(row.receipt_url);
  return (
    <span className="pc-stack">
      <Time at={row.decided_at} />
      {receipt && (
        <a href={receipt} target="_blank" rel="noopener noreferrer">
          {words.receipt}
        </a>
      )}
    </span>
  );
}

function account({ refund_account }: Cancel) {
  return refund_account ? `${refund_account.bank_name} ${refund_account.number} ${refund_account.holder}` : "–";
}
