import { useState } from "react";

import type { Waiting } from "./decisions.js";
import { WORDS } from "./words.js";
import { Alert } from "../../components/Alert.js";
import { Field } from "../../components/Field.js";
import { useWords } from "../../i18n/language.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { ProblemText } from "../components/Loaded.js";
import { useNotify } from "../components/Notices.js";
import { useBatch } from "../useAction.js";
import { useText } from "../words.js";

export type Verb = "approve" | "reject" | "withdraw";

interface DecideDialogProps {
  verb: Verb;
  rows: readonly Waiting[];
  onClose: () => void;
  onDone: () => void;
}

const FINAL: Record<Verb, boolean> = { approve: true, reject: true, withdraw: false };
/** Whether it cannot be undone. */

/** Approves or rejects cancels that wait for a person, one or several. */
export function DecideDialog({ verb, rows, onClose, onDone }: DecideDialogProps) {
  const [words, shared] = [useText(WORDS), useWords()];
  const notify = useNotify();
  const batch = useBatch();
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState(false);
  const [open, setOpen] = useState(rows);
  const decide = async () => {
    const missing = verb !== "approve" && !reason.trim();
    setWrong(missing);
    if (missing) return;
    const path = (id: string) => `/operations/approvals/${encodeURIComponent(id)}/${verb === "approve" ? "approve" : "reject"}`;
    const ids = open.map((row) => row.cancellation_id);
    const done = await batch.run(ids, path, verb === "approve" ? undefined : { reason: reason.trim() });
    if (done.length > 0) {
      notify({ approve: words.approved(done.length), reject: words.rejected(done.length), withdraw: words.withdrawn }[verb]);
      onDone();
    }
    setOpen(open.filter((row) => !done.includes(row.cancellation_id)));
    if (done.length === ids.length) onClose();
  };
  const total = shared.won(open.reduce((sum, row) => sum + row.amount, 0));
  return (
    <ActionDialog
      heading={{ approve: words.approveHeading, reject: words.rejectHeading, withdraw: words.withdrawHeading }[verb]}
      confirm={words[verb]}
      busy={batch.busy}
      problem={null}
      dangerous={FINAL[verb]}
      onConfirm={() => void decide()}
      onClose={onClose}
    >
      <p>{{ approve: words.approveHelp(open.length, total), reject: words.rejectHelp(open.length, total), withdraw: words.withdrawHelp }[verb]}</p>
      {verb === "approve" && open.some((row) => row.stage === "return_requested") && <p>{words.approveReturn}</p>}
      {verb !== "approve" && (
        <Field
          label={words.reason}
          name="reason"
          maxLength={255}
          required
          value={reason}
          error={wrong ? words.reasonNeeded : undefined}
          onChange={setReason}
        />
      )}
      {batch.failed.map(({ id, problem }) => (
        <Alert key={id} kind="error">
          {open.length > 1 && <code>{id}</code>}
          <ProblemText problem={problem} />
        </Alert>
      ))}
    </ActionDialog>
  );
}
