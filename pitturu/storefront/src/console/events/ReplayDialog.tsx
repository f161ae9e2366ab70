import { useState } from "react";

import type { Endpoint } from "./types.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { Field } from "../../components/Field.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { useNotify } from "../components/Notices.js";
import { koreanMinute, momentOf } from "../days.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

const HOUR = 3_600_000;
const PRESETS = [
  ["hour", HOUR],
  ["day", 24 * HOUR],
  ["week", 7 * 24 * HOUR],
] as const;

/** From when on events are sent again. */
export function ReplayDialog({ endpoint, onClose, onDone }: { endpoint: Endpoint; onClose: () => void; onDone: () => void }) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const [since, setSince] = useState(() => before(HOUR));
  const [wrong, setWrong] = useState(false);
  const replay = async () => {
    let from: string | null | undefined = momentOf(since);
    setWrong(from === undefined);
    let count = 0;
    // The server makes so many due at once, and says where to go on.
    while (from) {
      const answer: Schemas["ReplayedEvents"] | null = await action.run("POST", `/event-endpoints/${endpoint.endpoint_id}/replay`, { since: from });
      if (answer === null) return;
      count += answer.replayed;
      from = answer.next === from ? null : answer.next;
    }
    if (from === undefined) return;
    notify(words.replayed(count));
    onDone();
  };
  return (
    <ActionDialog heading={words.replay} confirm={words.sendAgain} busy={action.busy} problem={action.problem} onConfirm={() => void replay()} onClose={onClose}>
      <p>{words.replayHelp}</p>
      <div className="pt-row">
        {PRESETS.map(([name, span]) => (
          <Button key={name} kind="outlined" onClick={() => setSince(before(span))}>
            {words.presets[name]}
          </Button>
        ))}
      </div>
      <Field
        label={words.replaySince}
        name="since"
        type="datetime-local"
        value={since}
        error={wrong ? words.replayWrong : undefined}
        onChange={setSince}
      />
    </ActionDialog>
  );
}

function before(milliseconds: number): string {
  return koreanMinute(new Date(Date.now() - milliseconds));
}
