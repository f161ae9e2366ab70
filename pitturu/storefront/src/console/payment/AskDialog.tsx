import { WORDS } from "./words.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { useNotify } from "../components/Notices.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

interface AskDialogProps {
  id: string;
  onClose: () => void;
  onDone: () => void;
}

/** Has PortOne asked about the order once more. */
export function AskDialog({ id, onClose, onDone }: AskDialogProps) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const ask = async () => {
    const answer = await action.run<Schemas["Asked"]>("POST", `/operations/payments/${encodeURIComponent(id)}/verify`);
    if (answer === null) return;
    notify(answer.state === "asked" ? words.askedNow : words.alreadyAsked);
    onDone();
    onClose();
  };
  return (
    <ActionDialog
      heading={words.askHeading}
      confirm={words.ask}
      busy={action.busy}
      problem={action.problem}
      onConfirm={() => void ask()}
      onClose={onClose}
    >
      <p>{words.askHelp}</p>
    </ActionDialog>
  );
}
