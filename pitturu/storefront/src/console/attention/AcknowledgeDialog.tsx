import { useState } from "react";

import { WORDS } from "./words.js";
import { Field } from "../../components/Field.js";
import type { Schemas } from "../api.js";
import { LeftAlone } from "../cases/LeftAlone.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { useNotify } from "../components/Notices.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

interface AcknowledgeDialogProps {
  ids: readonly string[];
  onClose: () => void;
  onDone: () => void;
}

/** Takes what was dealt with elsewhere off the list, with a note. */
export function AcknowledgeDialog({ ids, onClose, onDone }: AcknowledgeDialogProps) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState(false);
  const [left, setLeft] = useState<Schemas["Acknowledgements"]["left_alone"]>([]);
  const acknowledge = async () => {
    setWrong(!note.trim());
    if (!note.trim()) return;
    const answer = await action.run<Schemas["Acknowledgements"]>("POST", "/operations/acknowledge", { ids, note: note.trim() });
    if (answer === null) return;
    setLeft(answer.left_alone);
    if (answer.acknowledged.length > 0) notify(words.acknowledgedNow(answer.acknowledged.length));
    onDone();
    if (answer.left_alone.length === 0) onClose();
  };
  return (
    <ActionDialog
      heading={words.acknowledgeHeading}
      confirm={words.acknowledge}
      busy={action.busy}
      problem={action.problem}
      onConfirm={() => void acknowledge()}
      onClose={onClose}
    >
      <p>{words.acknowledgeHelp(ids.length)}</p>
      <Field
        label={words.noteLabel}
        name="note"
        maxLength={255}
        required
        hint={words.noteHint}
        error={wrong ? words.noteNeeded : undefined}
        value={note}
        onChange={setNote}
      />
      <LeftAlone heading={words.leftAlone} rows={left} />
    </ActionDialog>
  );
}
