// Which time the overview is about, from the address.

import { beginningOf, koreanDay } from "../days.js";

export const PRESETS = ["today", "yesterday", "7d", "30d", "month", "own"] as const;
export type Preset = (typeof PRESETS)[number];

export type By = "hour" | "day" | "month";

export interface Range {
  /** ISO 8601. */
  from: string;
  /** Undefined: until now. */
  to: string | undefined;
  by: By;
  /** The lengths of period that the server has for as long a time. */
  lengths: readonly By[];
}

const DAY = 86_400_000;

/** Days that the server shows at most by hour, by day, and at all. */
const MOST = { hour: 31, day: 400, month: 3700 };

/** More days than these are shown by the next longer period unless another is asked for. */
const READABLE = { hour: 2, day: 92 };

export function presetOf(value: string): Preset {
  return PRESETS.find((preset) => preset === value) ?? "today";
}

/** The range that the address names. Null for dates that are none, in the wrong order or too far apart. */
export function rangeOf(values: Readonly<Record<"range" | "from" | "to" | "by", string>>, now: Date): Range | null {
  const today = koreanDay(now);
  const days = daysOf(presetOf(values.range), values, now);
  const from = beginningOf(days.from);
  const to = days.to !== "" && days.to < today ? beginningOf(days.to, 1) : undefined;
  if (from === undefined || days.from > today || (days.to !== "" && days.to < days.from)) return null;
  const length = Math.ceil(((to ? Date.parse(to) : now.getTime()) - Date.parse(from)) / DAY);
  if (length > MOST.month) return null;
  const lengths = (["hour", "day", "month"] as const).filter((by) => length <= MOST[by]);
  const usual = length <= READABLE.hour ? "hour" : length <= READABLE.day ? "day" : "month";
  return { from, to, by: lengths.find((by) => by === values.by) ?? usual, lengths };
}

/** The first and the last day; the last is empty for today. */
function daysOf(preset: Preset, own: Readonly<Record<"from" | "to", string>>, now: Date): { from: string; to: string } {
  switch (preset) {
    case "today":
      return { from: koreanDay(now), to: "" };
    case "yesterday":
      return { from: koreanDay(now, -1), to: koreanDay(now, -1) };
    case "7d":
      return { from: koreanDay(now, -6), to: "" };
    case "30d":
      return { from: koreanDay(now, -29), to: "" };
    case "month":
      return { from: `${koreanDay(now).slice(0, 7)}-01`, to: "" };
    case "own":
      return { from: own.from || own.to, to: own.to };
  }
}
