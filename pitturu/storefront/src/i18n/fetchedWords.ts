// The same as `words.ts` for the pages: a browser downloads only the language that its user reads.

import type { Language, Words } from "./words.js";

export type { Language, Words };

const fetched: Partial<Record<Language, Words>> = {};

/** Resolves when `wordsOf` has this language. Rejects when the file cannot be loaded. */
export async function loadWords(language: Language): Promise<void> {
  fetched[language] ??= language === "ko" ? (await import("./ko.js")).ko : (await import("./en.js")).en;
}

/** Throws unless `loadWords` has loaded this language. */
export function wordsOf(language: Language): Words {
  const words = fetched[language];
  if (words === undefined) throw new Error(`The texts of ${language} are not loaded.`);
  return words;
}
