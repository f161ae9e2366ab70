// Days and times of Korea, in which a shop counts whatever the operator's time zone is.

export const KOREA = "Asia/Seoul";

const ZONE = "+09:00";

/** A day (`2026-12-01`) in Korea, some days after the one of `at`. */
export function koreanDay(at: Date, later = 0): string {
  return new Date(at.getTime() + 9 * 3_600_000 + later * 86_400_000).toISOString().slice(0, 10);
}

/** ISO 8601 of the beginning of a day in Korea, some days later; undefined for what is no day. */
export function beginningOf(day: string, later = 0): string | undefined {
  const at = new Date(Date.parse(`${day}T00:00:00${ZONE}`) + later * 86_400_000);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** A minute (`2026-12-01T09:30`) of Korean clocks, as a field of the browser has it. */
export function koreanMinute(at: Date): string {
  return new Date(at.getTime() + 9 * 3_600_000).toISOString().slice(0, 16);
}

/** ISO 8601 of such a minute; undefined for what is none. */
export function momentOf(minute: string): string | undefined {
  const at = new Date(`${minute}${ZONE}`);
  return minute.length < 16 || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
