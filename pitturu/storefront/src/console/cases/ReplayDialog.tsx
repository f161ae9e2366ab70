import { useState } from "react";

import { LeftAlone } from "./LeftAlone.js";
import { WORDS } from "./words.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { useNotify } from "../components/Notices.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

interface ReplayDialogProps {
  ids: readonly string[];
  onClose: () => void;
  onDone: () => void;
}

/** Makes work due again that ran out of tries. */
export function ReplayDialog({ ids, onClose, onDone }: ReplayDialogProps) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const [left, setLeft] = useState<Schemas["Replayed"]["left_alone"]>([]);
  const replay = async () => {
    const answer = await action.run<Schemas["Replayed"]>("POST", "/operations/replay", { ids });
    if (answer === null) return;
    setLeft(answer.left_alone);
    if (answer.replayed.length > 0) notify(words.replayed(answer.replayed.length));
    onDone();
    if (answer.left_alone.length === 0) onClose();
  };
  return (
    <ActionDialog
      heading={words.replayHeading}
      confirm={words.replay}
      busy={action.busy}
      problem={action.problem}
      onConfirm={() => void replay()}
      onClose={onClose}
    >
      <p>{words.replayHelp(ids.length)}</p>
      <LeftAlone heading={words.leftAlone} rows={left} />
    </ActionDialog>
  );
}
