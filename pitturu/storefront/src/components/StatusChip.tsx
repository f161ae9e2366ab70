"use client";

import { useWords } from "../i18n/language.js";
import type { SessionStatus } from "../types/payment.js";

/** A status as text. The colour adds no information. */
export function StatusChip({ status }: { status: SessionStatus }) {
  const words = useWords();
  return (
    <span className="pt-chip" data-status={status}>
      {words.status[status]}
    </span>
  );
}
