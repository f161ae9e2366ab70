// Numbers and times of the overview in words. Times are those of Korea, as the periods are.

import type { By } from "./range.js";
import type { Language } from "../../i18n/language.js";
import { KOREA } from "../days.js";

const LOCALES = { ko: "ko-KR", en: "en-US" } as const;

const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const DAY = { month: "numeric", day: "numeric" } as const;
const MONTH = { year: "numeric", month: "short" } as const;

function written(at: Date, language: Language, how: Intl.DateTimeFormatOptions): string {
  return at.toLocaleString(LOCALES[language], { timeZone: KOREA, ...how });
}

/** A period on the axis of a chart. */
export function tickOf(start: Date, by: By, language: Language, manyDays: boolean): string {
  if (by === "month") return written(start, language, MONTH);
  if (by === "day") return written(start, language, DAY);
  const hour = written(start, language, HOUR);
  return manyDays && hour === "00:00" ? written(start, language, DAY) : hour;
}

/** A period by itself. */
export function periodName(start: Date, by: By, language: Language): string {
  if (by === "month") return written(start, language, { year: "numeric", month: "long" });
  return written(start, language, { month: "long", day: "numeric", weekday: "short", ...(by === "hour" ? HOUR : {}) });
}

/** A point in time, by the minute. */
export function minuteName(at: Date, language: Language): string {
  return written(at, language, { ...DAY, ...HOUR });
}

export function clockTime(at: Date, language: Language): string {
  return written(at, language, { ...HOUR, second: "2-digit" });
}

export function percent(share: number, language: Language): string {
  return share.toLocaleString(LOCALES[language], { style: "percent", maximumFractionDigits: 1 });
}

/** A number in few characters: 12만, 120K. */
export function compact(value: number, language: Language): string {
  return value.toLocaleString(LOCALES[language], { notation: "compact", maximumFractionDigits: 1 });
}

/** A difference with its sign: +12.3%. */
export function signed(value: number, language: Language, style: "percent" | "decimal" = "decimal"): string {
  return value.toLocaleString(LOCALES[language], { style, signDisplay: "exceptZero", maximumFractionDigits: 1 });
}

/** A duration, in the unit that is read best. */
export function duration(milliseconds: number, language: Language): string {
  const seconds = milliseconds / 1000;
  const [value, unit] = milliseconds < 1000 ? [milliseconds, "millisecond"] : seconds < 120 ? [seconds, "second"] : [seconds / 60, "minute"];
  return value.toLocaleString(LOCALES[language], { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: unit === "millisecond" ? 0 : 1 });
}
