"use client";

import { useEffect, useState } from "react";

import type { PortOnePayment } from "./usePortOnePayment.js";
import type { Consent, GivenConsent } from "../types/payment.js";

export interface Consents {
  /** What the shop asks for, in its order; nothing until that is known. */
  asked: readonly Consent[];
  /** The versions that the buyer has ticked. */
  agreed: readonly string[];
  agree: (agreed: readonly string[]) => void;
  /** The part of the order that says so: nothing where nothing is asked for. */
  given: { consents?: readonly GivenConsent[] };
  /** Whether every required one is ticked. */
  complete: boolean;
}

/** The shop's consents, read when the dialog opens, and again when the server says that others are asked for. */
export function useConsents({ form, problem }: PortOnePayment, open: boolean): Consents {
  const [asked, setAsked] = useState<readonly Consent[]>([]);
  const [agreed, agree] = useState<readonly string[]>([]);
  const stale = problem?.code === "consent_changed" || problem?.code === "consent_needed";
  useEffect(() => {
    if (!open) return;
    let left = false;
    void form().then((known) => known && !left && setAsked(known.consents));
    return () => {
      left = true;
    };
  }, [open, stale, form]);
  const consents = asked.filter(({ version }) => agreed.includes(version)).map(({ id, version }) => ({ id, version }));
  const given = asked.length > 0 ? { consents } : {};
  const complete = asked.every(({ version, required }) => !required || agreed.includes(version));
  return { asked, agreed, agree, given, complete };
}
