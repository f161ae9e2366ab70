"use client";

import { useEffect, useRef, useState } from "react";

import { Button } from "./Button.js";
import { useWords } from "../i18n/language.js";

interface PostcodeSearchProps {
  /** A page of this origin that shows the search and posts what was chosen. */
  page: string;
  onChosen: (code: string, address: string) => void;
}

const LONGEST_ADDRESS = 300;
const SLOW = 10_000;
/** Milliseconds after which a search that is not there yet counts as not loading. */

/** A button that opens the search for a postcode in a frame. Where the search cannot load, the fields are filled in by hand. */
export function PostcodeSearch({ page, onChosen }: PostcodeSearchProps) {
  const words = useWords();
  const frame = useRef<HTMLIFrameElement>(null);
  const [state, setState] = useState<"closed" | "open" | "failed">("closed");
  useEffect(() => {
    if (state !== "open") return;
    const timer = setTimeout(() => setState("failed"), SLOW);
    const read = ({ source, origin, data }: MessageEvent) => {
      if (source !== frame.current?.contentWindow || origin !== location.origin) return;
      const { postcode, code, address } = (data ?? {}) as Record<string, unknown>;
      if (postcode === "shown") clearTimeout(timer);
      if (postcode === "failed") setState("failed");
      if (postcode !== "chosen" || typeof code !== "string" || typeof address !== "string") return;
      if (/^\d{5}$/.test(code)) onChosen(code, address.slice(0, LONGEST_ADDRESS));
      setState("closed");
    };
    window.addEventListener("message", read);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("message", read);
    };
  }, [state, onChosen]);
  const isOpen = state === "open";
  return (
    <div className="pt-postcode">
      <Button kind="outlined" onClick={() => setState(isOpen ? "closed" : "open")}>
        {isOpen ? words.form.searchClose : words.form.search}
      </Button>
      {isOpen && <iframe ref={frame} src={page} title={words.form.search} />}
      <p className="pt-small" role="status">
        {state === "failed" && words.form.searchFailed}
      </p>
    </div>
  );
}
