import { useState } from "react";
import { Link } from "wouter";

import { FulfilmentDialog } from "./FulfilmentDialog.js";
import { isCancelling } from "./fulfilment.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { useWords } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { Section } from "../components/Page.js";
import { Chip, Time, type Tone, Won } from "../components/Value.js";
import { useMay } from "../session.js";
import { useText } from "../words.js";

type Line = Schemas["OrderLine"];

interface LinesProps {
  order: Schemas["Order"];
  /** The payment that pays them. */
  payment: Schemas["OrderPayment"] | undefined;
  onDone: () => void;
}

/** What was bought, what the buyer still has of it, and how far its delivery is. */
export function Lines({ order, payment, onDone }: LinesProps) {
  const words = useText(WORDS);
  const may = useMay();
  const [recording, setRecording] = useState<Line | null>(null);
  if (order.lines.length === 0) return null;
  const records = may("fulfil") && payment?.verdict === "accepted" && order.lines.some((line) => line.owned > 0);
  return (
    <Section heading={words.lines}>
      <DataTable
        caption={words.lines}
        rows={order.lines}
        rowKey={(line) => line.line_id}
        columns={[
          { key: "item", header: words.item, cell: (line) => <Item line={line} /> },
          { key: "price", header: words.price, numeric: true, cell: (line) => <Won amount={line.unit_price} /> },
          { key: "bought", header: words.bought, numeric: true, cell: (line) => line.quantity },
          { key: "owned", header: words.owned, numeric: true, cell: (line) => line.owned },
          order.lines.some((line) => line.cancelling > 0) && {
            key: "cancelling",
            header: words.cancelling,
            numeric: true,
            cell: (line) => line.cancelling,
          },
          { key: "fulfilment", header: words.fulfilment, cell: (line) => <Delivery line={line} /> },
          records && {
            key: "action",
            header: words.action,
            cell: (line) => line.owned > 0 && <Record line={line} onOpen={() => setRecording(line)} />,
          },
        ]}
      />
      {recording && payment && (
        <FulfilmentDialog payment={payment} line={recording} lines={order.lines} onClose={() => setRecording(null)} onDone={onDone} />
      )}
    </Section>
  );
}

function Item({ line }: { line: Line }) {
  const words = useText(WORDS);
  const notes = [line.tax_free && words.isTaxFree, !line.returnable && words.noReturn].filter(Boolean);
  return (
    <span>
      <Link href={`/catalogue/${line.item_id}`}>{line.item_name}</Link>
      {notes.length > 0 && <span className="pt-small"> {notes.join(" · ")}</span>}
    </span>
  );
}

const TONES: Partial<Record<Line["fulfilment"], Tone>> = { shipped: "caution", delivered: "good", used: "good" };

function Delivery({ line }: { line: Line }) {
  const shared = useWords();
  return (
    <span className="pt-row">
      <Chip tone={TONES[line.fulfilment] ?? "neutral"}>{shared.fulfilment[line.fulfilment]}</Chip>
      {line.delivered_at && <Time at={line.delivered_at} />}
    </span>
  );
}

function Record({ line, onOpen }: { line: Line; onOpen: () => void }) {
  const words = useText(WORDS);
  if (isCancelling(line)) return <span className="pt-small">{words.cancellingAll}</span>;
  return (
    <Button kind="text" onClick={onOpen}>
      {words.record}
    </Button>
  );
}
