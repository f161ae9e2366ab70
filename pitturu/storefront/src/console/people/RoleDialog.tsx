import { useId, useState } from "react";

import { ROLES, WORDS } from "./words.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { useNotify } from "../components/Notices.js";
import { useAction } from "../useAction.js";
import { useConsoleWords, useText } from "../words.js";

interface RoleDialogProps {
  person: Schemas["Person"];
  onClose: () => void;
  onChanged: () => void;
}

/** Which role somebody has, with what each may do. */
export function RoleDialog({ person, onClose, onChanged }: RoleDialogProps) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const action = useAction();
  const notify = useNotify();
  const group = useId();
  const [role, setRole] = useState<Schemas["Person"]["role"]>(person.role_limit ?? person.role);
  const save = async () => {
    if ((await action.run("PUT", `/operations/people/${person.user_id}/role`, { role })) === null) return;
    notify(words.changed);
    onChanged();
    onClose();
  };
  return (
    <ActionDialog
      heading={words.roleHeading(person.username)}
      confirm={words.save}
      busy={action.busy}
      problem={action.problem}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      <fieldset className="pt-methods">
        <legend>{words.role}</legend>
        {ROLES.map((one) => (
          <label key={one} className="pt-method">
            <input type="radio" name={group} value={one} checked={role === one} onChange={() => setRole(one)} />
            <span>
              {shared.roles[one]}
              <span className="pt-small pc-line">{words.roleHelp[one]}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </ActionDialog>
  );
}
