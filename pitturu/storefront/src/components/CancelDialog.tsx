"use client";

import { type FormEvent, useId, useRef, useState } from "react";

import { Alert, ProblemAlert } from "./Alert.js";
import { Button } from "./Button.js";
import { type CancelFieldsProps, Pieces, RefundAccountFields } from "./CancelFields.js";
import { Dialog } from "./Dialog.js";
import { Field } from "./Field.js";
import { useComplaints } from "../hooks/useComplaints.js";
import { useWords } from "../i18n/language.js";
import {
  blankDraft,
  complaintsAbout,
  type Draft,
  isPriced,
  isReturn,
  leftIn,
  leftOf,
  linesLeft,
  mayChoose,
  needsOf,
  reasonText,
  wayOf,
  wayText,
  wishOf,
  worthOf,
} from "../services/cancelDraft.js";
import type { PaymentService } from "../services/paymentService.js";
import { asProblem, type Problem } from "../services/problem.js";
import type { FullPayment } from "../types/payment.js";

interface CancelDialogProps {
  service: PaymentService;
  payment: FullPayment;
  onClose: () => void;
  onAsked: (payment: FullPayment) => void;
}

/**
 * A refund request of a buyer, in full or by line and quantity; a return request once the shop has begun to deliver. An
 * account without a deposit is withdrawn instead.
 */
export function CancelDialog({ service, payment, onClose, onAsked }: CancelDialogProps) {
  const words = useWords();
  const [draft, setDraft] = useState(() => blankDraft(payment));
  const { form, wrong, accept } = useComplaints<string>();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef<{ wish: string; key: string } | null>(null);
  const needs = needsOf(payment);
  const way = wayOf(draft, payment);
  const isRequest = way === null ? isReturn(payment) : way.way === "return_request";

  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || !accept(complaintsAbout(words, draft, payment))) return;
    setBusy(true);
    const wish = wishOf(draft, payment);
    // One request has one key: repeating it after a lost response cancels nothing twice.
    const text = JSON.stringify(wish);
    if (key.current?.wish !== text) key.current = { wish: text, key: crypto.randomUUID() };
    try {
      onAsked(await service.cancel(payment.payment_id, wish, key.current.key));
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };

  return (
    <Dialog open heading={isRequest ? words.cancel.returnHeading : words.cancel.heading} onClose={onClose}>
      <form ref={form} className="pt-form" noValidate onSubmit={(event) => void send(event)}>
        {isRequest && <Alert kind="info">{wayText(words, way)}</Alert>}
        {needs.revoke ? (
          <Alert kind="info">{words.cancel.revoke}</Alert>
        ) : (
          <HowMuch payment={payment} draft={draft} wrong={wrong} onChange={setDraft} />
        )}
        <Field
          label={words.cancel.reason}
          name="reason"
          maxLength={255}
          required
          value={draft.reason}
          error={wrong.reason}
          onChange={(reason) => setDraft({ ...draft, reason })}
        />
        {needs.account && <RefundAccountFields tel={needs.tel} draft={draft} wrong={wrong} onChange={setDraft} />}
        <ProblemAlert problem={problem} />
        <Button type="submit" wide busy={busy}>
          {busy ? words.cancel.sending : isRequest ? words.cancel.sendReturn : words.cancel.send}
        </Button>
        <Button kind="text" wide onClick={onClose}>
          {words.cancel.back}
        </Button>
      </form>
    </Dialog>
  );
}

function HowMuch({ payment, draft, wrong, onChange }: CancelFieldsProps & { payment: FullPayment }) {
  const words = useWords();
  const group = useId();
  const full = isPriced(payment) ? words.cancel.full(words.won(leftOf(payment))) : words.cancel.fullUnpriced;
  const later = isPriced(payment) ? null : <p>{words.cancel.moneyLater}</p>;
  if (!mayChoose(payment)) {
    const why = linesLeft(payment).reduce((sum, line) => sum + leftIn(line), 0) > 1 ? reasonText(words, payment) : "";
    return (
      <Alert kind="info">
        <p>{full}</p>
        {later}
        {why && <p>{why}</p>}
      </Alert>
    );
  }
  const ways: [Draft["how"], string][] = [["pieces", payment.lines.length > 1 ? words.cancel.byLines : words.cancel.byPieces]];
  if (payment.cancellation_options?.way !== "none") ways.unshift(["full", full]);
  return (
    <>
      <fieldset className="pt-methods">
        <legend>{words.cancel.how}</legend>
        {ways.map(([how, text]) => (
          <label key={how} className="pt-method">
            <input type="radio" name={group} value={how} checked={draft.how === how} onChange={() => onChange({ ...draft, how })} />
            <span>{text}</span>
          </label>
        ))}
      </fieldset>
      {draft.how === "pieces" &&
        linesLeft(payment).map((line) => (
          <Pieces key={line.line_id} line={line} alone={payment.lines.length === 1} {...{ draft, wrong, onChange }} />
        ))}
      {later ? <Alert kind="info">{later}</Alert> : draft.how === "pieces" && <Worth payment={payment} draft={draft} />}
    </>
  );
}

function Worth({ payment, draft }: { payment: FullPayment; draft: Draft }) {
  const words = useWords();
  const worth = worthOf(draft, payment);
  return <p className="pt-worth" role="status">{worth > 0 ? words.cancel.money(words.won(worth)) : ""}</p>;
}
