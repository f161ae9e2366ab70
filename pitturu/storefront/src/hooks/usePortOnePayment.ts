"use client";

import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";

import { useShownLanguage } from "../i18n/language.js";
import { Checkout, type CheckoutOptions } from "../services/checkout.js";
import { loadOffered } from "../services/offered.js";
import type { PaymentService } from "../services/paymentService.js";
import type { CheckoutState } from "../services/phase.js";
import type { Session } from "../types/payment.js";

export interface PaymentOptions extends CheckoutOptions {
  /** Keep the same instance over renderings: another service creates another checkout. */
  service: PaymentService;
  /** Called once when no further change is expected: paid, or closed. `session.status` says which. */
  onSettled?: (session: Session) => void;
}

export interface PortOnePayment extends CheckoutState {
  submit: Checkout["submit"];
  hold: Checkout["hold"];
  lastBuyer: Checkout["lastBuyer"];
  form: Checkout["form"];
  open: Checkout["open"];
  resume: Checkout["resume"];
  comeBack: Checkout["comeBack"];
  choose: Checkout["choose"];
  pay: Checkout["pay"];
  check: Checkout["check"];
  giveUp: Checkout["giveUp"];
  reset: Checkout["reset"];
  again: Checkout["again"];
}

/** A checkout as React state: the phase, the session, the present problem, and the possible actions. */
export function usePortOnePayment(options: PaymentOptions): PortOnePayment {
  const { service, redirectUrl, generation, appScheme, paysHere = true, onSettled } = options;
  const shown = useShownLanguage();
  const language = options.language ?? shown;
  const checkout = useMemo(
    () =>
      new Checkout(service, {
        paysHere,
        ...(redirectUrl === undefined ? {} : { redirectUrl }),
        ...(generation === undefined ? {} : { generation }),
        ...(appScheme === undefined ? {} : { appScheme }),
      }),
    [service, redirectUrl, generation, appScheme, paysHere],
  );
  useEffect(() => {
    void loadOffered(service, generation);
  }, [service, generation]);
  const state = useSyncExternalStore(checkout.subscribe, () => checkout.state, () => checkout.state);

  useEffect(() => {
    // A phone that goes back from PortOne's page may restore this page unchanged, with the window still "open".
    const restored = (event: PageTransitionEvent) => {
      if (event.persisted && checkout.state.phase === "window") void checkout.check();
    };
    checkout.start();
    window.addEventListener("pageshow", restored);
    return () => {
      window.removeEventListener("pageshow", restored);
      checkout.stop();
    };
  }, [checkout]);

  useEffect(() => {
    void checkout.speak(language);
  }, [checkout, language]);

  const told = useRef<string | null>(null);
  const settled = state.phase === "paid" || state.phase === "closed" ? state.session : null;
  useEffect(() => {
    const news = settled === null ? null : `${settled.session_id} ${settled.status}`;
    if (settled !== null && told.current !== news) onSettled?.(settled);
    told.current = news;
  }, [settled, onSettled]);

  const { submit, hold, lastBuyer, form, open, resume, comeBack, choose, pay, check, giveUp, reset, again } = checkout;
  return { ...state, submit, hold, lastBuyer, form, open, resume, comeBack, choose, pay, check, giveUp, reset, again };
}
