import { useState } from "react";

import { DecideDialog, type Verb } from "./DecideDialog.js";
import { decisionOf, type Waiting } from "./decisions.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { useOperator } from "../session.js";
import { useText } from "../words.js";

/** The buttons that decide about one cancel, or why this operator cannot. */
export function Decide({ row, onDone }: { row: Waiting; onDone: () => void }) {
  const words = useText(WORDS);
  const operator = useOperator();
  const [verb, setVerb] = useState<Verb | null>(null);
  const { approve, reject, own, block } = decisionOf(row, operator);
  const no: Verb = own ? "withdraw" : "reject";
  return (
    <span className="pt-row">
      {approve && (
        <Button kind="tonal" onClick={() => setVerb("approve")}>
          {words.approve}
        </Button>
      )}
      {reject && (
        <Button kind="text" onClick={() => setVerb(no)}>
          {words[no]}
        </Button>
      )}
      {block && (block !== "role" || operator.permissions.includes("cancel")) && <span className="pt-small">{words.blocked[block]}</span>}
      {verb && <DecideDialog verb={verb} rows={[row]} onClose={() => setVerb(null)} onDone={onDone} />}
    </span>
  );
}
