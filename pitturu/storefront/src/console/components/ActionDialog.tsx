import { type FormEvent, type ReactNode } from "react";

import { ActionProblem } from "./Loaded.js";
import { Button } from "../../components/Button.js";
import { Dialog } from "../../components/Dialog.js";
import type { Problem } from "../../services/problem.js";
import { useConsoleWords } from "../words.js";

interface ActionDialogProps {
  heading: string;
  /** The label of the button that does it. */
  confirm: string;
  busy: boolean;
  problem: Problem | null;
  /** Cannot be undone: the button says so by its colour. */
  dangerous?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  /** What will happen, and the fields of the form. */
  children: ReactNode;
}

/** Asks before something is done, and says why it was not. */
export function ActionDialog({ heading, confirm, busy, problem, dangerous, onConfirm, onClose, children }: ActionDialogProps) {
  const words = useConsoleWords();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) onConfirm();
  };
  return (
    <Dialog open heading={heading} onClose={onClose}>
      <form className={dangerous ? "pt-form pc-dangerous" : "pt-form"} noValidate onSubmit={submit}>
        {children}
        <ActionProblem problem={problem} />
        <Button type="submit" wide busy={busy}>
          {confirm}
        </Button>
        <Button kind="text" wide onClick={onClose}>
          {words.cancel}
        </Button>
      </form>
    </Dialog>
  );
}
