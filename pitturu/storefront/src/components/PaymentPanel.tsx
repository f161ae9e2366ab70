"use client";

import { useEffect, useRef, useState } from "react";

import { Alert, ProblemAlert } from "./Alert.js";
import { Button, Spinner } from "./Button.js";
import { MethodChoice } from "./MethodChoice.js";
import { OrderSummary } from "./OrderSummary.js";
import type { PortOnePayment } from "../hooks/usePortOnePayment.js";
import { type Language, useLanguage, useWords, type Words } from "../i18n/language.js";
import { methodOf } from "../services/order.js";
import type { CheckoutState } from "../services/phase.js";
import type { PayMethod, Session } from "../types/payment.js";

interface PaymentPanelProps {
  payment: PortOnePayment;
  session: Session;
  /** Pays, synchronously in the click handler. */
  onPay: () => void;
  /** Back to the form. Not offered for shipping or a discount: the order that replaced this one would have neither. */
  onChange: () => void;
  onGiveUp: () => void;
}

/** An existing order: preparing, ready, being confirmed, declined. */
export function PaymentPanel({ payment, session, onPay, onChange, onGiveUp }: PaymentPanelProps) {
  const words = useWords();
  const { language } = useLanguage();
  const { phase, busy } = payment;
  const mayPay = phase === "preparing" || phase === "ready";
  const refused = phase === "closed" && session.status === "failed";
  // A new choice is shown at once; the button is disabled until the server has accepted it.
  const [wish, setWish] = useState<PayMethod | null>(null);
  const choose = (method: PayMethod) => {
    if (busy) return;
    setWish(method);
    void payment.choose(method).then(() => setWish(null));
  };
  return (
    <div className="pt-panel">
      <OrderSummary session={session} />
      <PhaseStatus state={payment} language={language} />
      {phase !== "confirming" && payment.notice && (
        <Alert kind="error">{words.notices[payment.notice.code](payment.notice.words)}</Alert>
      )}
      <ProblemAlert problem={payment.problem}>
        {payment.problem?.code.startsWith("script_") && (
          <Button kind="text" onClick={payment.again}>
            {words.actions.retry}
          </Button>
        )}
      </ProblemAlert>
      {(mayPay || refused) && (
        <MethodChoice
          value={wish ?? methodOf(session)}
          onChange={choose}
        />
      )}
      {mayPay && (
        <Button wide disabled={phase !== "ready" || busy} onClick={onPay}>
          {words.actions.pay(words.won(session.amount))}
        </Button>
      )}
      {refused && (
        <Button wide busy={busy} onClick={() => void payment.choose(methodOf(session))}>
          {words.actions.retry}
        </Button>
      )}
      {mayPay && (
        <div className="pt-row">
          {session.shipping === 0 && session.discount === 0 && (
            <Button kind="text" disabled={busy} onClick={onChange}>
              {words.actions.change}
            </Button>
          )}
          <Button kind="text" disabled={busy} onClick={onGiveUp}>
            {words.actions.giveUp}
          </Button>
        </div>
      )}
    </div>
  );
}

const PATIENCE = 8_000;
/** Milliseconds of preparing after which the buyer is informed that it takes longer than usual. */

/** The present state, announced once to screen readers at each change. Takes the focus of removed buttons. */
function PhaseStatus({ state, language }: { state: CheckoutState; language: Language }) {
  const words = useWords();
  const { phase } = state;
  const long = useLater(phase === "preparing" ? PATIENCE : null);
  const status = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (phase === "confirming") status.current?.focus();
  }, [phase]);
  const hint = phase === "confirming" ? words.phases.confirmingHint : long ? words.phases.preparingLong : null;
  return (
    <div ref={status} className="pt-phase" role="status" tabIndex={-1} data-phase={phase}>
      {(phase === "preparing" || phase === "confirming") && <Spinner />}
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

/** Becomes true after so many milliseconds; never for null. */
function useLater(milliseconds: number | null): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (milliseconds === null) return;
    const timer = setTimeout(() => setLate(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return late;
}
