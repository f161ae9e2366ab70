import { useState } from "react";

import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { useLanguage } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { Section } from "../components/Page.js";
import { Age, Chip, Time, type Tone } from "../components/Value.js";
import { useMay } from "../session.js";
import { useText } from "../words.js";
import { Decide } from "../cases/Decide.js";
import { explained, isRepeated } from "../cases/explanations.js";
import { ReplayDialog } from "../cases/ReplayDialog.js";
import { WORDS as WORK } from "../cases/words.js";
import { waitingOf } from "./decidable.js";

type Explanation = Schemas["Explanation"];

const TURNS = ["operator", "portone", "buyer", "worker", "nobody"];
const TONES: Record<string, Tone> = { operator: "bad", portone: "caution", buyer: "neutral", worker: "neutral" };

interface WaitingProps {
  order: Schemas["Order"];
  onDone: () => void;
}

/** Why the order is pending, who acts next, and what an operator can do about it. */
export function Waiting({ order, onDone }: WaitingProps) {
  const words = useText(WORDS);
  const open = order.why
    .filter((one) => one.turn !== "nobody" && !isRepeated(one))
    .sort((one, other) => TURNS.indexOf(one.turn) - TURNS.indexOf(other.turn));
  return (
    <Section heading={words.why}>
      {open.length === 0 ? (
        <p className="pt-small">{words.whyNothing}</p>
      ) : (
        <ul className="pc-waiting">
          {open.map((explanation) => (
            <li key={`${explanation.kind} ${explanation.id}`} data-turn={explanation.turn}>
              <One order={order} explanation={explanation} onDone={onDone} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function One({ order, explanation, onDone }: WaitingProps & { explanation: Explanation }) {
  const work = useText(WORK);
  const { language } = useLanguage();
  const { what, todo } = explained(explanation, language);
  const { kind, turn, since, attempts, last_error, next_try } = explanation;
  return (
    <>
      <p className="pt-row">
        <Chip tone={TONES[turn] ?? "neutral"}>{work.turns[turn] ?? turn}</Chip>
        <strong>
          {work.kinds[kind] ?? kind}: {what}
        </strong>
      </p>
      <p>{todo}</p>
      {last_error && (
        <p className="pt-small">
          {work.lastError}: <code>{last_error}</code>
        </p>
      )}
      <p className="pt-small">
        {work.since} <Age at={since} />
        {attempts > 0 && ` · ${work.attempts(attempts)}`}
        {next_try && (
          <>
            {" "}
            · {work.nextTry} <Time at={next_try} />
          </>
        )}
      </p>
      <Actions order={order} explanation={explanation} onDone={onDone} />
    </>
  );
}

function Actions({ order, explanation, onDone }: WaitingProps & { explanation: Explanation }) {
  const work = useText(WORK);
  const may = useMay();
  const [replaying, setReplaying] = useState(false);
  const waiting = waitingOf(order, explanation.id);
  if (waiting) return <Decide row={waiting} onDone={onDone} />;
  const replayable = explanation.dead_since !== null || (explanation.kind === "webhook" && explanation.status === "orphaned");
  if (!replayable || !may("replay")) return null;
  return (
    <>
      <Button kind="tonal" icon="refresh" onClick={() => setReplaying(true)}>
        {work.replay}
      </Button>
      {replaying && <ReplayDialog ids={[explanation.id]} onClose={() => setReplaying(false)} onDone={onDone} />}
    </>
  );
}
