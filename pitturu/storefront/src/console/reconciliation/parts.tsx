// How comparisons are shown, in the list and in a report.

import { WORDS } from "./words.js";
import { useWords } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { Chip, type Tone } from "../components/Value.js";
import { KOREA, koreanDay } from "../days.js";
import { useText } from "../words.js";

export type Comparison = Schemas["Comparison"];

const TONES: Record<Comparison["status"], Tone> = { running: "neutral", dead: "bad", ended: "good" };

/** Its state, and while it runs how far it has come. */
export function ComparisonState({ comparison }: { comparison: Comparison }) {
  const words = useText(WORDS);
  const { status, progress } = comparison;
  return (
    <span className="pt-row">
      <Chip tone={TONES[status]}>{words.states[status]}</Chip>
      {status !== "ended" && (
        <>
          <progress className="pc-progress" value={progress} max={100} aria-label={words.progress(progress)} />
          <span>{progress}%</span>
        </>
      )}
    </span>
  );
}

/** What it found, by what is left to do. */
export function Found({ comparison: { states, status } }: { comparison: Comparison }) {
  const words = useText(WORDS);
  const [open, asked, healed] = [states["open"] ?? 0, states["asked"] ?? 0, states["healed"] ?? 0];
  if (open + asked + healed === 0) return <>{status === "running" ? words.stillRunning : words.nothing}</>;
  return (
    <span className="pt-row">
      {open > 0 && <Chip tone="bad">{words.openCount(open)}</Chip>}
      {asked > 0 && <Chip tone="caution">{words.askedCount(asked)}</Chip>}
      {healed > 0 && <Chip>{words.healedCount(healed)}</Chip>}
    </span>
  );
}

/** The span of a comparison: days of Korea where it begins and ends at midnight there, else times. */
export function Span({ from, to }: { from: string; to: string }) {
  const words = useWords();
  const [begin, end] = [new Date(from), new Date(to)];
  const first = isMidnight(begin) ? koreanDay(begin) : words.moment(begin, KOREA);
  const last = isMidnight(begin) && isMidnight(end) ? koreanDay(end, -1) : words.moment(end, KOREA);
  return <>{first === last ? first : `${first} – ${last}`}</>;
}

/** Whether a day begins in Korea. */
function isMidnight(at: Date): boolean {
  return at.getUTCHours() === 15 && at.getUTCMinutes() === 0 && at.getUTCSeconds() === 0;
}
