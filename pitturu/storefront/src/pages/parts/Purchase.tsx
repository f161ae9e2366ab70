import { useCallback, useEffect, useId, useState } from "react";

import { Bones } from "./Loading.js";
import { type OwnWords, useOwnWords } from "./ownWords.js";
import { service } from "./services.js";
import { useLoaded } from "./useLoaded.js";
import { Alert, ProblemAlert } from "../../components/Alert.js";
import { Button, ButtonLink } from "../../components/Button.js";
import { CancelDialog } from "../../components/CancelDialog.js";
import { PaymentDetails } from "../../components/PaymentDetails.js";
import { StatusChip } from "../../components/StatusChip.js";
import { useWords, type Words } from "../../i18n/language.js";
import { isPossible, isReturn, leftOf, reasonText, wayText } from "../../services/cancelDraft.js";
import { asProblem, type Problem } from "../../services/problem.js";
import { backoff, pause, visible } from "../../services/waiting.js";
import type { FullPayment, Payment, Session } from "../../types/payment.js";

interface PurchaseProps {
  payment: Payment;
  onChanged: () => void;
}

/** One line of the history, with its details on demand. */
export function Purchase({ payment, onChanged }: PurchaseProps) {
  const words = useWords();
  const own = useOwnWords();
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <li className="pt-card pt-purchase" data-payment={payment.payment_id}>
      <div className="pt-purchase-line">
        <div>
          <h2 id={`${id}-name`}>{words.orderName(payment.item_name, payment.line_count)}</h2>
          <p className="pt-small">{words.moment(new Date(payment.paid_at ?? payment.created_at))}</p>
        </div>
        <div className="pt-purchase-money">
          <p className="pt-price">{words.won(payment.amount)}</p>
          <StatusChip status={payment.status} />
        </div>
        {payment.cancelled_amount > 0 && <p className="pt-small pt-refunded">{refundText(words, own, payment)}</p>}
      </div>
      <button
        type="button"
        id={`${id}-more`}
        className="pt-button pt-button-text"
        aria-expanded={open}
        aria-controls={`${id}-details`}
        aria-labelledby={`${id}-more ${id}-name`}
        onClick={() => setOpen(!open)}
      >
        {open ? own.history.hide : own.history.details}
      </button>
      <div id={`${id}-details`} hidden={!open}>
        {open && <Behind listed={payment} onChanged={onChanged} />}
      </div>
    </li>
  );
}

/** How much of the payment went back. */
function refundText(words: Words, own: OwnWords, { amount, cancelled_amount }: Payment): string {
  return cancelled_amount === amount
    ? own.history.refundedAll
    : own.history.refunded(words.won(amount), words.won(cancelled_amount));
}

/** The complete payment, and the actions of its buyer. */
function Behind({ listed, onChanged }: { listed: Payment; onChanged: () => void }) {
  const words = useWords();
  const paymentId = listed.payment_id;
  const load = useCallback(async () => {
    const payment = await service.payment(paymentId);
    return { payment, session: await service.session(payment.session_id) };
  }, [paymentId]);
  const { value, problem, reload } = useLoaded(load);
  const [cancelling, setCancelling] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const underWay = value !== null && isUnderWay(value.payment);
  const refresh = () => {
    reload();
    onChanged();
  };
  useRepeated(underWay, refresh);
  // The line and its details are read one after the other, and a refund may be executed in between: the older of the
  // two is read again.
  useEffect(() => {
    if (value !== null && !agree(listed, value.payment)) refresh();
  }, [listed, value]);
  const withdraw = async (cancellationId: string) => {
    try {
      await service.withdraw(paymentId, cancellationId, crypto.randomUUID());
      setRefused(null);
    } catch (thrown) {
      setRefused(asProblem(thrown));
    }
    refresh();
  };
  if (value === null) return problem ? <ProblemAlert problem={problem} /> : <Bones lines={6} />;
  const asked = () => {
    setCancelling(false);
    refresh();
  };
  return (
    <>
      <PaymentDetails payment={value.payment} onWithdraw={(cancellationId) => void withdraw(cancellationId)} />
      {underWay && <Alert kind="waiting">{words.cancel.asked}</Alert>}
      <ProblemAlert problem={problem ?? refused} />
      <WhatNow payment={value.payment} session={value.session} onCancel={() => setCancelling(true)} />
      {cancelling && (
        <CancelDialog
          service={service}
          payment={value.payment}
          onClose={() => setCancelling(false)}
          onAsked={asked}
        />
      )}
    </>
  );
}

function WhatNow({ payment, session, onCancel }: { payment: FullPayment; session: Session; onCancel: () => void }) {
  const words = useWords();
  const own = useOwnWords();
  const waiting = payment.status === "awaiting_deposit";
  const options = payment.cancellation_options;
  if (payment.verdict === "accepted" && options !== null && leftOf(payment) > 0) {
    if (!options.possible) return <Alert kind="info">{reasonText(words, payment)}</Alert>;
    if (!isPossible(payment)) return <Alert kind="info">{wayText(words, options)}</Alert>;
  }
  return (
    <div className="pt-row">
      {waiting && (
        <ButtonLink kind="tonal" href={`/payment/waiting?session=${encodeURIComponent(session.session_id)}`}>
          {words.account.heading}
        </ButtonLink>
      )}
      {mayCancel(payment) && (
        <Button kind="outlined" onClick={onCancel}>
          {waiting ? words.actions.cancelDeposit : isReturn(payment) ? own.history.returnIt : own.history.cancel}
        </Button>
      )}
    </div>
  );
}

/** Money that can be refunded, an account without a deposit, or a refund that lacks the buyer's account. */
function mayCancel(payment: FullPayment): boolean {
  const needsAccount = payment.cancellations.some((row) => row.stage === "needs_account");
  const held = payment.status === "paid" || payment.status === "partially_cancelled";
  const left = payment.status === "awaiting_deposit" || (held && leftOf(payment) > 0);
  return needsAccount || (left && !isUnderWay(payment));
}

function agree(listed: Payment, payment: FullPayment): boolean {
  return listed.status === payment.status && listed.cancelled_amount === payment.cancelled_amount;
}

function isUnderWay(payment: FullPayment): boolean {
  return payment.cancellations.some((row) => row.stage === "requested" || row.stage === "sent");
}

/** Repeats something while `on`, at growing intervals, and only while the page is visible. */
function useRepeated(on: boolean, work: () => void): void {
  useEffect(() => {
    if (!on) return;
    const ended = new AbortController();
    void (async () => {
      for (let attempt = 1; !ended.signal.aborted; attempt += 1) {
        await pause(backoff(attempt), ended.signal);
        await visible(ended.signal);
        if (!ended.signal.aborted) work();
      }
    })();
    return () => ended.abort();
    // The work closes over nothing that changes while it repeats.
  }, [on]);
}
