"use client";

import type { ReactNode } from "react";

import { Icon, type IconName } from "./Icon.js";
import { problemText, useWords } from "../i18n/language.js";
import type { Problem } from "../services/problem.js";

type Kind = "error" | "info" | "success" | "waiting";

const ICONS: Record<Kind, IconName> = { error: "alert", info: "info", success: "check", waiting: "clock" };

/** A message to the buyer. Errors interrupt a screen reader, other messages are announced politely. */
export function Alert({ kind, children }: { kind: Kind; children: ReactNode }) {
  return (
    <div className={`pt-alert pt-alert-${kind}`} role={kind === "error" ? "alert" : "status"}>
      <Icon name={ICONS[kind]} />
      <div>{children}</div>
    </div>
  );
}

/** The present problem, and what can be done about it. */
export function ProblemAlert({ problem, children }: { problem: Problem | null; children?: ReactNode }) {
  const words = useWords();
  if (problem === null) return null;
  return (
    <Alert kind={problem.passing ? "waiting" : "error"}>
      <p>{problemText(words, problem)}</p>
      {children}
    </Alert>
  );
}
