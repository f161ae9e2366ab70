// What the pages with a checkout have in common: the session stands in the URL, and each result has a page of its own.

import { useEffect } from "react";

import { login, loginAddress } from "./services.js";
import type { PortOnePayment } from "../../hooks/usePortOnePayment.js";
import type { Session } from "../../types/payment.js";

export const REDIRECT_URL = `${location.origin}/payment/return`;

/** The page of the postcode search, where the shop has switched it on. */
export const POSTCODE_PAGE = document.documentElement.dataset["postcode"];

/** Who was logged in when the page was loaded. */
const LOADED_FOR = login.name;

/** Nobody sees what somebody else entered: the page begins anew for the next user of the browser. */
function useOneLogin({ phase }: PortOnePayment): void {
  useEffect(() => {
    const check = () => {
      if (phase !== "window" && LOADED_FOR !== null && login.name !== LOADED_FOR) location.reload();
    };
    check();
    return login.whenChanged(check);
  }, [phase]);
}

/** Keeps the session in the URL, so that a reload continues it, and redirects to the result when there is one. */
export function useResumed(payment: PortOnePayment): void {
  const { session, phase, problem, resume } = payment;
  useOneLogin(payment);
  useEffect(() => {
    const known = named("session");
    if (known !== null) void resume(known, named("closed") !== null);
  }, [resume]);
  useEffect(() => {
    if (session !== null) history.replaceState(null, "", addressOf(session));
  }, [session?.session_id]);
  useEffect(() => {
    if (session !== null && phase === "deposit") leave("waiting", session);
  }, [phase]);
  useEffect(() => {
    // The URL contains the session, so the buyer can return to it; a page with an open window of PortOne is not left.
    if (problem?.code === "signed_out" && phase !== "window") location.replace(loginAddress());
  }, [problem, phase]);
}

/** A declined payment stays here: the buyer may try again at once. Every other result has its own page. */
export function leaveFor(session: Session): void {
  if (session.status === "paid" || session.status === "partially_cancelled") leave("success", session);
  else if (session.status !== "failed") leave("fail", session);
}

/** A parameter of the URL. */
export function named(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}

function leave(view: "success" | "waiting" | "fail", session: Session): void {
  location.assign(`/payment/${view}?session=${encodeURIComponent(session.session_id)}`);
}

function addressOf(session: Session): string {
  return `${location.pathname}?session=${encodeURIComponent(session.session_id)}`;
}
