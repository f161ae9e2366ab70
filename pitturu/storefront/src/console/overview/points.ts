// The points of the charts: every period of the range, also those in which nothing happened.

import type { By } from "./range.js";
import type { Schemas } from "../api.js";
import { beginningOf, koreanDay } from "../days.js";

export interface Point {
  start: Date;
  end: Date;
  sales: number;
  refunds: number;
  paid: number;
  declined: number;
  /** Of paid and declined; null without any. */
  rate: number | null;
}

const HOUR = 3_600_000;

export function pointsOf({ from, to, by, periods }: Schemas["Overview"]): readonly Point[] {
  const found = new Map(periods.map((period) => [Date.parse(period.start), period]));
  return starts(new Date(from), new Date(to), by).map((start) => {
    const period = found.get(start.getTime());
    return {
      start,
      end: following(start, by),
      sales: period?.received.won ?? 0,
      refunds: period?.refunded.won ?? 0,
      paid: period?.paid ?? 0,
      declined: period?.declined ?? 0,
      rate: period?.approval_rate ?? null,
    };
  });
}

/** The beginnings of all periods between two times. */
function starts(from: Date, to: Date, by: By): readonly Date[] {
  const found: Date[] = [];
  for (let at = beginning(from, by); at < to; at = following(at, by)) found.push(at);
  return found;
}

function beginning(at: Date, by: By): Date {
  if (by === "hour") return new Date(at.getTime() - (at.getTime() % HOUR));
  return new Date(beginningOf(by === "day" ? koreanDay(at) : firstOf(at)) ?? at);
}

function following(start: Date, by: By): Date {
  if (by === "hour") return new Date(start.getTime() + HOUR);
  if (by === "day") return new Date(start.getTime() + 24 * HOUR);
  return beginning(new Date(start.getTime() + 32 * 24 * HOUR), "month");
}

function firstOf(at: Date): string {
  return `${koreanDay(at).slice(0, 7)}-01`;
}
