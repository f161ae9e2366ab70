// A figure against the one of the range before, in words.

import { duration, signed } from "./formats.js";
import type { OverviewWords } from "./words.js";
import type { Language } from "../../i18n/language.js";
import type { Tone } from "../components/Value.js";

export interface Change {
  text: string;
  tone: Tone;
}

/** Whether more of it is what the shop wants. */
type Better = "more" | "less";

type Words = OverviewWords["change"];

/** Of an amount or a count: by how many percent, or by how much where it is no share of what was before. */
export function relative(now: number, before: number, better: Better, format: (value: number) => string, words: Words, language: Language): Change {
  if (now === before) return same(words);
  const change = now - before;
  const by = before > 0 ? signed(change / before, language, "percent") : `${change > 0 ? "+" : ""}${format(change)}`;
  return { text: words[change > 0 ? "more" : "less"](by), tone: toneOf(change, better) };
}

/** Of a rate: by how many percentage points. */
export function ofRate(now: number | null, before: number | null, words: Words, language: Language): Change | null {
  if (now === null || before === null) return null;
  const points = Math.round((now - before) * 1000) / 10;
  if (points === 0) return same(words);
  return { text: words[points > 0 ? "higher" : "lower"](signed(points, language)), tone: toneOf(points, "more") };
}

/** Of a duration. */
export function ofDuration(now: number | null, before: number | null, words: Words, language: Language): Change | null {
  if (now === null || before === null) return null;
  if (now === before) return same(words);
  const slower = now > before;
  const difference = `${slower ? "+" : "−"}${duration(Math.abs(now - before), language)}`;
  return { text: words[slower ? "slower" : "faster"](difference), tone: toneOf(now - before, "less") };
}

function same(words: Words): Change {
  return { text: words.same, tone: "neutral" };
}

function toneOf(change: number, better: Better): Tone {
  return change > 0 === (better === "more") ? "good" : "caution";
}
