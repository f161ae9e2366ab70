"use client";

import { type FormEvent, useEffect, useRef } from "react";

import { Alert, ProblemAlert } from "./Alert.js";
import { BuyerFields } from "./BuyerFields.js";
import { Button } from "./Button.js";
import { CashReceiptFields } from "./CashReceiptFields.js";
import { ConsentFields } from "./ConsentFields.js";
import { MethodChoice } from "./MethodChoice.js";
import { Ordered } from "./Ordered.js";
import { NoticeAlert, PhaseStatus } from "./PhaseStatus.js";
import { Quantity } from "./Quantity.js";
import type { Consents } from "../hooks/useConsents.js";
import type { PortOnePayment } from "../hooks/usePortOnePayment.js";
import { useComplaints } from "../hooks/useComplaints.js";
import { useWords, type Words } from "../i18n/language.js";
import { type Basket, isCart, isFixed, linesIn, type OrderDraft, orderOf, priceOf, sameBasket } from "../services/order.js";
import type { Problem } from "../services/problem.js";
import { checkBuyer, checkQuantity, checkReceipt, type Complaints, MOST_PIECES, only } from "../services/validation.js";
import type { Buyer, CheckoutLine } from "../types/payment.js";

interface OrderFormProps {
  /** One item whose quantity is chosen here, or the lines of a cart. */
  basket: Basket;
  payment: PortOnePayment;
  order: OrderDraft;
  /** The buyer's data comes from their last order. */
  filled: boolean;
  consents: Consents;
  postcodePage?: string | undefined;
  onChange: (order: OrderDraft) => void;
  onClear: () => void;
  /** Pays `amount` won, synchronously in the event handler. */
  onPay: (amount: number) => void;
  onGiveUp: () => void;
}

type Field = keyof Buyer | "quantity" | "consents" | "cash_receipt";
type Wrong = Complaints<Field>;

/** The order, the buyer and the method, on one page with the button that pays. Validated here for convenience; the server
validates everything again. What is bought stays visible above the fields, the button below them.
 */
export function OrderForm(props: OrderFormProps) {
  const { basket, payment, order, filled, consents, postcodePage, onChange, onClear, onPay, onGiveUp } = props;
  const words = useWords();
  const { form, wrong, accept } = useComplaints<Field>();
  const fields = useRef<HTMLDivElement>(null);
  const { session, busy, problem } = payment;
  const price = priceOf(basket, order, session);
  const fixed = isFixed(basket, session);
  // Of an order that exists it was asked before.
  const isNew = session === null || !sameBasket(session, orderOf(order, basket, session));
  useFirstFocus(fields, filled);
  useEffect(() => {
    if (fields.current) fields.current.inert = busy;
  }, [busy]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy || !accept(fixed ? {} : complaintsAbout(words, order, basket, isNew && !consents.complete))) return;
    form.current?.querySelector<HTMLElement>("[type=submit]")?.focus();
    onPay(price.total);
  };

  return (
    <form ref={form} className="pt-form pt-checkout" noValidate onSubmit={submit}>
      <Ordered lines={linesIn(basket, order, session)} {...price} />
      <div ref={fields} className="pt-form pt-checkout-fields">
        {!fixed && !isCart(basket) && (
          <Quantity
            value={order.quantity}
            most={Math.min(basket.stock ?? MOST_PIECES, MOST_PIECES)}
            error={wrong.quantity}
            onChange={(quantity) => onChange({ ...order, quantity })}
          />
        )}
        {!fixed && (
          <fieldset className="pt-group">
            <legend>{words.form.buyer}</legend>
            {filled && (
              <p className="pt-filled">
                <span role="status">{words.form.filled}</span>
                <Button kind="text" onClick={onClear}>
                  {words.form.clear}
                </Button>
              </p>
            )}
            <BuyerFields buyer={order} wrong={wrong} postcodePage={postcodePage} onChange={(buyer) => onChange({ ...order, ...buyer })} />
          </fieldset>
        )}
        <MethodChoice value={order.pay_method} onChange={(pay_method) => onChange({ ...order, pay_method })} />
        <CashReceiptFields order={order} error={wrong.cash_receipt} onChange={(cash_receipt) => onChange({ ...order, cash_receipt })} />
        {!isReturnable(basket) && <Alert kind="info">{words.shop.notReturnable}</Alert>}
        {isNew && consents.asked.length > 0 && (
          <ConsentFields consents={consents.asked} agreed={consents.agreed} error={wrong.consents} onChange={consents.agree} />
        )}
        <p className="pt-small">{words.form.privacy}</p>
      </div>
      <div className="pt-checkout-foot">
        {Object.keys(wrong).length > 0 && <Alert kind="error">{words.errors.summary}</Alert>}
        <NoticeAlert notice={payment.notice} />
        <ProblemAlert problem={problem}>{problem && isCart(basket) && <Concerned problem={problem} lines={basket} />}</ProblemAlert>
        {(session !== null || payment.pressed) && <PhaseStatus state={payment.pressed ? preparing(payment) : payment} />}
        <Button type="submit" wide busy={busy}>
          {words.actions.pay(words.won(price.total))}
        </Button>
        {session !== null && (
          <Button kind="text" disabled={payment.phase === "opening"} onClick={onGiveUp}>
            {words.actions.giveUp}
          </Button>
        )}
      </div>
    </form>
  );
}

/** Focuses the first field that lacks something, else the button: when the form appears, and when it was filled. */
function useFirstFocus(fields: { current: HTMLElement | null }, filled: boolean): void {
  useEffect(() => {
    // After the dialog has opened, which focuses its first button.
    const frame = requestAnimationFrame(() => {
      const required = [...(fields.current?.querySelectorAll<HTMLInputElement>("[aria-required]") ?? [])];
      const first = required.find((field) => field.value === "");
      (first ?? fields.current?.closest("form")?.querySelector<HTMLElement>("[type=submit]"))?.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [filled]);
}

/** The items that the server's problem is about. */
function Concerned({ problem, lines }: { problem: Problem; lines: readonly CheckoutLine[] }) {
  const names = lines.filter((_, place) => `items.${place}` in problem.fields).map((line) => line.item_name);
  return names.length > 0 ? <p>{names.join(", ")}</p> : null;
}

/** What a pressed button leads to is not there yet, even if the order before is still ready. */
function preparing(payment: PortOnePayment): PortOnePayment {
  return payment.phase === "ready" ? { ...payment, phase: "preparing" } : payment;
}

function isReturnable(basket: Basket): boolean {
  return isCart(basket) ? basket.every((line) => line.returnable) : basket.returnable;
}

function complaintsAbout(words: Words, order: OrderDraft, basket: Basket, unagreed: boolean): Wrong {
  const quantity = isCart(basket) ? undefined : checkQuantity(words, order.quantity, basket.stock);
  const consents = unagreed ? words.consents.missing : undefined;
  return { ...checkBuyer(words, order), ...checkReceipt(words, order), ...only({ quantity, consents }) };
}
