"use client";

import { useEffect, useRef } from "react";

import { ProblemAlert } from "./Alert.js";
import { Button, ButtonLink, Spinner } from "./Button.js";
import { Facts } from "./Facts.js";
import { Icon, type IconName } from "./Icon.js";
import { OrderLines } from "./OrderLines.js";
import { PaymentDetails } from "./PaymentDetails.js";
import { VirtualAccount } from "./VirtualAccount.js";
import type { PortOnePayment } from "../hooks/usePortOnePayment.js";
import { useLanguage, useWords, type Words } from "../i18n/language.js";
import { methodOf } from "../services/order.js";
import type { Phase } from "../services/phase.js";
import type { FullPayment, Session } from "../types/payment.js";

/** Where the result leads to. What is left out has no link. */
export interface ResultLinks {
  /** The page on which this order is paid, or paid in another way. */
  checkout?: (session: Session) => string;
  /** The page of the item, to order it again. */
  item?: (session: Session) => string;
  /** What the buyer owns. */
  inventory?: string;
  /** The buyer's payments. */
  history?: string;
}

export interface SessionResultProps {
  payment: PortOnePayment;
  session: Session;
  /** The payment behind the session, once there is one. */
  details: FullPayment | null;
  /** The buyer closed an unpaid order: there is nothing to show any more. */
  onGivenUp: () => void;
  /** Pages of your shop; without them no link is shown. */
  links?: ResultLinks;
}

/** The result or the state of a checkout: success, failure, awaiting a deposit, being confirmed, not paid yet. */
export function SessionResult({ payment, session, details, onGivenUp, links = {} }: SessionResultProps) {
  const words = useWords();
  const { language } = useLanguage();
  const { phase } = payment;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [phase]);
  const title = headingOf(words, phase, session);
  const accountShown = phase === "deposit" && session.virtual_account !== null;
  return (
    <article className="pt-card pt-result" data-phase={phase} data-status={session.status}>
      <header>
        <Mark phase={phase} refunded={session.status === "cancelled"} />
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {!accountShown && <p role="status">{explanationOf(words, phase, session.message[language], title)}</p>}
        {phase === "closed" && !details && session.fail_reason && <p className="pt-small">{session.fail_reason}</p>}
      </header>
      {accountShown && session.virtual_account && (
        <VirtualAccount account={session.virtual_account} amount={session.amount} />
      )}
      <h2>{words.result.order}</h2>
      {details ? <PaymentDetails payment={details} /> : <Ordered session={session} />}
      <NextSteps payment={payment} session={session} onGivenUp={onGivenUp} links={links} />
      <ProblemAlert problem={phase === "closed" ? payment.problem : null} />
    </article>
  );
}

const MARKS: Partial<Record<Phase, IconName>> = { paid: "check", closed: "alert", deposit: "clock" };

/** What went back as it was asked for is no failure. */
function Mark({ phase, refunded }: { phase: Phase; refunded: boolean }) {
  return (
    <span className="pt-mark" data-phase={refunded ? undefined : phase}>
      {phase === "confirming" ? <Spinner /> : <Icon name={refunded ? "check" : (MARKS[phase] ?? "info")} />}
    </span>
  );
}

function headingOf(words: Words, phase: Phase, session: Session): string {
  if (phase === "confirming" || phase === "deposit") return words.phases[phase];
  if (phase === "paid") return words.phases[session.status === "paid" ? "paid" : "partially_cancelled"];
  if (phase !== "closed") return words.phases.unfinished;
  return words.phases[session.status as "failed" | "expired" | "cancelled" | "mismatched"];
}

/** What the server says about the state, without the sentence that is the heading already. */
function explanationOf(words: Words, phase: Phase, message: string, title: string): string {
  if (phase === "preparing" || phase === "ready") return words.phases.unfinishedHint;
  const said = title.replace(/…$/, "");
  return message.startsWith(`${said}.`) ? message.slice(said.length + 1).trimStart() : message;
}

/** The order, if there is no payment to show yet. */
function Ordered({ session }: { session: Session }) {
  const words = useWords();
  return (
    <Facts
      rows={[
        [words.result.item, <OrderLines lines={session.lines} shipping={session.shipping} discount={session.discount} />],
        [words.result.amount, <strong>{words.won(session.amount)}</strong>],
        [words.result.method, words.form.methods[methodOf(session)]],
        [words.result.orderNumber, <code>{session.merchant_uid}</code>],
      ]}
    />
  );
}

/** What the buyer can do now. */
function NextSteps({ payment, session, onGivenUp, links }: Required<Omit<SessionResultProps, "details">>) {
  const words = useWords();
  const { phase, busy } = payment;
  const checkout = links.checkout?.(session);
  const again = checkout && session.status === "failed" && Date.parse(session.expires_at) > Date.now();
  const next = again ? checkout : links.item?.(session);
  return (
    <div className="pt-row pt-screen-only">
      {phase === "paid" && (
        <>
          {links.inventory && (
            <ButtonLink icon="inventory" href={links.inventory}>
              {words.actions.toInventory}
            </ButtonLink>
          )}
          <Button kind="outlined" icon="print" onClick={() => window.print()}>
            {words.actions.print}
          </Button>
        </>
      )}
      {phase === "closed" && next && (
        <ButtonLink href={next}>{again ? words.actions.retryWith : words.actions.orderAgain}</ButtonLink>
      )}
      {(phase === "preparing" || phase === "ready") && (
        <>
          {checkout && <ButtonLink href={checkout}>{words.actions.continue}</ButtonLink>}
          <Button kind="outlined" busy={busy} onClick={() => void payment.giveUp().then((left) => left && onGivenUp())}>
            {words.actions.giveUp}
          </Button>
        </>
      )}
      {links.history && (
        <ButtonLink kind="text" href={links.history}>
          {words.actions.toHistory}
        </ButtonLink>
      )}
    </div>
  );
}
