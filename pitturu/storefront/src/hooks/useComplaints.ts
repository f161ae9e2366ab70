"use client";

import { type RefObject, useRef, useState } from "react";

import type { Complaints } from "../services/validation.js";

interface Checked<Field extends string> {
  form: RefObject<HTMLFormElement | null>;
  wrong: Complaints<Field>;
  /** Whether the form may be submitted. Otherwise shows the errors and focuses the first invalid field. */
  accept: (complaints: Complaints<Field>) => boolean;
}

/** The validation errors of a form, as of the last attempt to submit it. */
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
