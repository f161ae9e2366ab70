"use client";

import { useEffect, useRef, useState } from "react";

import { Alert } from "./Alert.js";
import { Spinner } from "./Button.js";
import { type Language, useLanguage, useWords, type Words } from "../i18n/language.js";
import type { CheckoutState, Notice, Phase } from "../services/phase.js";

const LONG = 8_000;
/** Milliseconds of preparing or confirming after which the buyer is informed that it takes longer than usual. */

/** The present state, announced once to screen readers at each change. Takes the focus of removed buttons. */
export function PhaseStatus({ state }: { state: CheckoutState }) {
  const words = useWords();
  const { language } = useLanguage();
  const { phase } = state;
  const long = useLater(phase) && words.phases[phase === "confirming" ? "confirmingLong" : "preparingLong"];
  const status = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (phase === "confirming") status.current?.focus();
  }, [phase]);
  const hint = long || (phase === "confirming" && words.phases.confirmingHint);
  return (
    <div ref={status} className="pt-phase" role="status" tabIndex={-1} data-phase={phase}>
      {(phase === "opening" || phase === "preparing" || phase === "confirming") && <Spinner />}
      <div>
        <p>{phaseText(words, state, language)}</p>
        {hint && <p className="pt-small">{hint}</p>}
      </div>
    </div>
  );
}

function phaseText(words: Words, { phase, session }: CheckoutState, language: Language): string {
  if (phase === "preparing" || phase === "ready" || phase === "confirming" || phase === "window") {
    return words.phases[phase];
  }
  return session === null ? words.phases.opening : session.message[language];
}

/** Whether the phase is one in which the buyer waits, and lasts longer than usual. */
function useLater(phase: Phase): boolean {
  const [late, setLate] = useState<Phase | null>(null);
  useEffect(() => {
    setLate(null);
    if (phase !== "preparing" && phase !== "confirming") return;
    const timer = setTimeout(() => setLate(phase), LONG);
    return () => clearTimeout(timer);
  }, [phase]);
  return late === phase;
}

/** How the window ended, or why none was opened, in our words, with the PG's below them. */
export function NoticeAlert({ notice }: { notice: Notice | null }) {
  const words = useWords();
  const { language } = useLanguage();
  if (notice === null) return null;
  const { code, words: said, message } = notice;
  return (
    <Alert kind="error">
      <p>{code === "declined" ? message?.[language] : words.notices[code]}</p>
      {said !== "" && <p className="pt-small">{words.notices.said(said)}</p>}
    </Alert>
  );
}
