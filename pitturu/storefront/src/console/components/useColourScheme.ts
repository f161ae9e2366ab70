import { useEffect, useState } from "react";

const DARK = "(prefers-color-scheme: dark)";

/** Whether the page is dark, for what CSS does not colour. */
export function useColourScheme(): "light" | "dark" {
  const [dark, setDark] = useState(() => matchMedia(DARK).matches);
  useEffect(() => {
    const query = matchMedia(DARK);
    const change = () => setDark(query.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, []);
  return dark ? "dark" : "light";
}
