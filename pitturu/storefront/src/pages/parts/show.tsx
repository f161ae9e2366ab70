import type { ReactNode } from "react";
import { createRoot } from "react-dom/client";

import { LanguageProvider } from "../../i18n/language.js";

/** Renders a page into the shell from the server. */
export function show(page: ReactNode): void {
  const place = document.getElementById("app");
  if (place === null) throw new Error("The page has no place for the app.");
  createRoot(place).render(<LanguageProvider>{page}</LanguageProvider>);
}
