"use client";

import { useEffect, useState } from "react";

import { Button } from "./Button.js";
import { Dialog } from "./Dialog.js";
import { OrderForm } from "./OrderForm.js";
import { PaymentPanel } from "./PaymentPanel.js";
import type { PortOnePayment } from "../hooks/usePortOnePayment.js";
import { useWords } from "../i18n/language.js";
import { blankDraft, draftOf, hasLines, type OrderDraft, orderOf } from "../services/order.js";
import type { Buyer, CheckoutItem, CheckoutLine, PayMethod, Session } from "../types/payment.js";

interface CheckoutProps {
  payment: PortOnePayment;
  open: boolean;
  onClose: () => void;
  /** The buyer's data, if the shop knows it. */
  buyer?: Partial<Buyer>;
  method?: PayMethod;
}

/** One item, whose quantity is chosen in the form, or the lines of a cart. */
export type PaymentModalProps = CheckoutProps &
  ({ item: CheckoutItem; lines?: never } | { lines: readonly CheckoutLine[]; item?: never });

/** The whole checkout of one item or of a cart: the form, preparing, paying, confirming. It is hidden while PortOne's window is
open: a
 * modal dialog would be above that window and make it unusable.
 */
export function PaymentModal({ item, lines, payment, open, onClose, buyer, method }: PaymentModalProps) {
  const words = useWords();
  const [order, setOrder] = useState<OrderDraft>(() => blankDraft(buyer, method));
  const [changing, setChanging] = useState(false);
  const { session, phase } = payment;

  useEffect(() => {
    if (session !== null) setOrder(draftOf(session));
  }, [session?.session_id, session?.pay_method]);

  const paying = phase === "window";
  const showForm = session === null || (changing && session.checkout !== null) || isOutdated(payment, lines);
  const submit = (draft: OrderDraft) => {
    const wanted = lines ? orderOf(draft, lines) : { ...draft, item_id: item.id };
    void payment.open(wanted).then(() => setChanging(false));
  };
  const giveUp = () => void payment.giveUp().then((left) => left && onClose());

  return (
    <>
      <Dialog open={open && !paying} heading={words.form.heading} onClose={onClose}>
        {showForm ? (
          <OrderForm
            basket={lines ?? withHeld(item, session)}
            order={order}
            problem={payment.problem}
            busy={payment.busy}
            onChange={setOrder}
            onSubmit={submit}
          />
        ) : (
          <PaymentPanel
            payment={payment}
            session={session}
            onPay={payment.pay}
            onChange={() => setChanging(true)}
            onGiveUp={giveUp}
          />
        )}
      </Dialog>
      {open && paying && <WindowNote onCheck={() => void payment.check()} />}
    </>
  );
}

/** Whether the buyer has changed the cart since the order was made; such an order is replaced by a new one. */
function isOutdated({ session, phase }: PortOnePayment, lines: readonly CheckoutLine[] | undefined): boolean {
  if (session === null || lines === undefined || hasLines(session, lines)) return false;
  return phase === "preparing" || phase === "ready" || phase === "closed";
}

/** Shown below PortOne's window. A buyer who sees it has lost that window. */
function WindowNote({ onCheck }: { onCheck: () => void }) {
  const words = useWords();
  return (
    <section className="pt-window-note" role="status" data-phase="window">
      <p>{words.phases.window}</p>
      <p className="pt-small">{words.phases.windowHint}</p>
      <Button kind="tonal" onClick={onCheck}>
        {words.actions.check}
      </Button>
    </section>
  );
}

/** The units reserved by this order are available to it, whatever the remaining stock is. */
function withHeld(item: CheckoutItem, session: Session | null): CheckoutItem {
  const held = session !== null && session.checkout !== null ? session.quantity : 0;
  return item.stock === null ? item : { ...item, stock: item.stock + held };
}
