"use client";

import { type RefObject, useRef, useState } from "react";

import type { Complaints } from "../services/validation.js";

interface Checked<Field extends string> {
  form: RefObject<HTMLFormElement | null>;
  wrong: Complaints<Field>;
  /** Whether the form may be sent. Otherwise says what is wrong and goes to the first field of that kind. */
  accept: (complaints: Complaints<Field>) => boolean;
}

/** What is wrong with a form, as of the last time somebody wanted to send it. */
export function useComplaints<Field extends string>(): Checked<Field> {
  const form = useRef<HTMLFormElement>(null);
  const [wrong, setWrong] = useState<Complaints<Field>>({});
  const accept = (complaints: Complaints<Field>) => {
    setWrong(complaints);
    const good = Object.keys(complaints).length === 0;
    if (!good) requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
    return good;
  };
  return { form, wrong, accept };
}
