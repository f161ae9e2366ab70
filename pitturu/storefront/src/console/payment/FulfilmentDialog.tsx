import { useState } from "react";

import { type Fulfilment, isCancelling, MOVES } from "./fulfilment.js";
import { WORDS } from "./words.js";
import { Field, Select } from "../../components/Field.js";
import { useWords } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { CheckBox } from "../components/Inputs.js";
import { useNotify } from "../components/Notices.js";
import { momentOf } from "../days.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

type Line = Schemas["OrderLine"];

interface FulfilmentDialogProps {
  payment: Schemas["OrderPayment"];
  line: Line;
  lines: readonly Line[];
  onClose: () => void;
  onDone: () => void;
}

/** Records how far the shop has come with a line, or with all lines that may reach the same state. */
export function FulfilmentDialog({ payment, line, lines, onClose, onDone }: FulfilmentDialogProps) {
  const [words, shared] = [useText(WORDS), useWords()];
  const notify = useNotify();
  const action = useAction();
  const [reached, setReached] = useState<Fulfilment>(MOVES[line.fulfilment][0] ?? "preparing");
  const [at, setAt] = useState("");
  const [wrong, setWrong] = useState(false);
  const [along, setAlong] = useState(false);
  const others = lines.filter(
    (other) => other.line_id !== line.line_id && other.owned > 0 && !isCancelling(other) && MOVES[other.fulfilment].includes(reached),
  );
  const record = async () => {
    const when = reached === "delivered" && at ? momentOf(at) : null;
    const bad = when !== null && !isPossible(when, payment.paid_at);
    setWrong(bad);
    if (bad) return;
    for (const { line_id } of along ? [line, ...others] : [line]) {
      const body = { fulfilment: reached, line_id, ...(when ? { at: when } : {}) };
      const path = `/operations/payments/${encodeURIComponent(payment.payment_id)}/fulfilment`;
      if ((await action.run("POST", path, body)) === null) return onDone();
    }
    notify(words.recorded);
    onDone();
    onClose();
  };
  return (
    <ActionDialog
      heading={words.recordHeading(line.item_name)}
      confirm={words.record}
      busy={action.busy}
      problem={action.problem}
      onConfirm={() => void record()}
      onClose={onClose}
    >
      <p>{words.recordHelp}</p>
      <Select
        label={words.reached}
        name="reached"
        value={reached}
        choices={MOVES[line.fulfilment].map((one) => [one, shared.fulfilment[one]] as const)}
        onChange={(value) => setReached(value as Fulfilment)}
      />
      {reached === "delivered" && (
        <Field
          label={words.deliveredAt}
          name="at"
          type="datetime-local"
          hint={words.deliveredHint}
          error={wrong ? words.deliveredWrong : undefined}
          value={at}
          onChange={setAt}
        />
      )}
      {others.length > 0 && (
        <CheckBox label={words.others(others.length)} checked={along} onChange={setAlong} />
      )}
    </ActionDialog>
  );
}

function isPossible(when: string | undefined, paidAt: string | null): boolean {
  const time = Date.parse(when ?? "");
  return time <= Date.now() && (paidAt === null || time >= Date.parse(paidAt));
}
