"use client";

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";

import { type Language, loadWords, type Words, wordsOf } from "./words.js";
import type { Problem } from "../services/problem.js";

export type { Language, Words };

const KEY = "pitturu.language";

/** The buyer's own choice, else the browser's. */
export function preferredLanguage(): Language {
  if (typeof window === "undefined") return "ko";
  const chosen = localStorage.getItem(KEY);
  if (chosen === "ko" || chosen === "en") return chosen;
  return navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en";
}

interface Chosen {
  language: Language;
  words: Words;
  choose: (language: Language) => void;
}

const Chosen = createContext<Chosen | null>(null);

/** Sets the language of its children: `language`, or else the result of `preferredLanguage`, which can be switched. */
export function LanguageProvider({ language, children }: { language?: Language; children: ReactNode }) {
  const [own, setOwn] = useState(preferredLanguage);
  const spoken = language ?? own;
  const chosen = useMemo(() => ({ language: spoken, words: wordsOf(spoken), choose: remembering(setOwn) }), [spoken]);
  return <Chosen.Provider value={chosen}>{children}</Chosen.Provider>;
}

export function useLanguage(): Chosen {
  const chosen = useContext(Chosen);
  return chosen ?? { language: "ko", words: wordsOf("ko"), choose: () => undefined };
}

/** The language that a LanguageProvider around this chose; undefined without one. */
export function useShownLanguage(): Language | undefined {
  return useContext(Chosen)?.language;
}

export function useWords(): Words {
  return useLanguage().words;
}

/** The message about a problem. */
export function problemText(words: Words, problem: Problem): string {
  const known = (words.problems as Record<string, unknown>)[problem.code];
  if (typeof known === "string") return known;
  if (problem.status === 503 || problem.status === 502) return words.problems.away;
  return words.problems.other([problem.code, problem.requestId].filter(Boolean).join(" "));
}

/** Shows the language once its texts are loaded. If they cannot be, it is shown after the next reload. */
function remembering(set: (language: Language) => void): (language: Language) => void {
  return (language) => {
    localStorage.setItem(KEY, language);
    void loadWords(language).then(() => set(language), () => undefined);
  };
}
