import type { ReactNode } from "react";
import { createRoot } from "react-dom/client";

import { LanguageProvider, preferredLanguage } from "../../i18n/language.js";
import { loadWords } from "../../i18n/words.js";
import { pause } from "../../services/waiting.js";

/** A character of the typeface's second file, as the build has made it. */
declare const SECOND_FILE: string;

const TIMEOUT = 1000;
/** Milliseconds that the first paint waits for the typeface, which the page has been loading since its first line. */

const FIRST_FILE = "가";

/** Renders a page into the shell from the server. */
export function show(page: ReactNode): void {
  const place = document.getElementById("app");
  if (place === null) throw new Error("The page has no place for the app.");
  void Promise.all([loadWords(preferredLanguage()), typeface()]).then(() => {
    createRoot(place).render(<LanguageProvider>{page}</LanguageProvider>);
    requestAnimationFrame(() => setTimeout(loadFurtherCharacters));
  });
}

/** Resolves when text can be drawn as it will stay, or after a while without it. */
async function typeface(): Promise<void> {
  const preloaded = document.querySelectorAll("link[as=font]").length;
  const loaded = filesWith(preloaded > 1 ? FIRST_FILE + SECOND_FILE : FIRST_FILE).catch(() => undefined);
  await Promise.race([loaded, pause(TIMEOUT, new AbortController().signal)]);
}

const filesWith = (characters: string) => document.fonts.load("1rem pitturu", characters);

/** After the first paint, which they would delay: the second file, for dialogs, and the sheet that names the slices. */
function loadFurtherCharacters(): void {
  void filesWith(SECOND_FILE).catch(() => undefined);
  const href = document.documentElement.dataset["slices"];
  if (href !== undefined) document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
}
