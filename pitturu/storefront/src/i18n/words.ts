// The texts of both languages. The npm package uses this module, so that its components also render on a server. The
// build of the pages replaces it with `fetchedWords.ts`, which has the same exports.

import { en } from "./en.js";
import { ko } from "./ko.js";

export type Language = "ko" | "en";
export type Words = typeof ko;

const WORDS: Record<Language, Words> = { ko, en };

/** Resolves when `wordsOf` has this language. */
export async function loadWords(_: Language): Promise<void> {}

export function wordsOf(language: Language): Words {
  return WORDS[language];
}
