import { useState } from "react";

import { ruleTexts } from "./rules.js";
import { WORDS } from "./words.js";
import { Field } from "../../components/Field.js";
import { useLanguage } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { useNotify } from "../components/Notices.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

const MOST_HOURS = 72;

interface MuteDialogProps {
  rule: Schemas["AlertRule"];
  onClose: () => void;
  onMuted: () => void;
}

/** For how long the messages about a rule are not sent. */
export function MuteDialog({ rule, onClose, onMuted }: MuteDialogProps) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  const notify = useNotify();
  const action = useAction();
  const [hours, setHours] = useState("2");
  const [wrong, setWrong] = useState(false);
  const mute = async () => {
    const number = Number(hours);
    const good = /^\d+$/.test(hours) && number >= 1 && number <= MOST_HOURS;
    setWrong(!good);
    if (!good || (await action.run("POST", `/operations/alerts/${rule.rule}/mute`, { hours: number })) === null) return;
    notify(words.mutedNow);
    onMuted();
    onClose();
  };
  return (
    <ActionDialog
      heading={words.muteHeading(ruleTexts(rule, language).title)}
      confirm={words.mute}
      busy={action.busy}
      problem={action.problem}
      onConfirm={() => void mute()}
      onClose={onClose}
    >
      <p>{words.muteHelp}</p>
      <Field
        label={words.hours}
        name="hours"
        inputMode="numeric"
        maxLength={3}
        hint={words.hoursHint}
        error={wrong ? words.hoursHint : undefined}
        value={hours}
        onChange={setHours}
      />
    </ActionDialog>
  );
}
