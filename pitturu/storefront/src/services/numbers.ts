// Numbers as people type them: 23,400 or ２３４００ or 23 400.

/** Text without spaces and thousands separators, with full-width letters, digits and signs as plain ones. */
export function plainDigits(typed: string): string {
  return typed.normalize("NFKC").replace(/[\s,]/g, "");
}

/** The number that was typed, from 0; NaN for anything else. Nothing typed is 0. */
export function wholeNumber(typed: string): number {
  const text = plainDigits(typed);
  return /^\d{0,15}$/.test(text) ? Number(text) : Number.NaN;
}
