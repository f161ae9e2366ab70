"use client";

import { useEffect, useState } from "react";

import { Button } from "./Button.js";
import { Dialog } from "./Dialog.js";
import { OrderForm } from "./OrderForm.js";
import { PaymentPanel } from "./PaymentPanel.js";
import type { PortOnePayment } from "../hooks/usePortOnePayment.js";
import { useWords } from "../i18n/language.js";
import { blankOrder, orderOf } from "../services/order.js";
import type { Buyer, Item, Order, PayMethod, Session } from "../types/payment.js";

export interface PaymentModalProps {
  item: Item;
  payment: PortOnePayment;
  open: boolean;
  onClose: () => void;
  /** What the shop knows about its buyer already. */
  buyer?: Partial<Buyer>;
  method?: PayMethod;
}

/**
 * The whole checkout of one item: what to buy and how to pay, getting ready, paying, being confirmed. It steps aside
 * while PortOne's window is open: a modal dialog would lie on top of that window and keep it from being used.
 */
export function PaymentModal({ item, payment, open, onClose, buyer, method }: PaymentModalProps) {
  const words = useWords();
  const [order, setOrder] = useState<Order>(() => blankOrder(item, buyer, method));
  const [changing, setChanging] = useState(false);
  const { session, phase } = payment;

  useEffect(() => {
    if (session !== null) setOrder(orderOf(session));
  }, [session?.session_id, session?.pay_method]);

  const paying = phase === "window";
  const showForm = session === null || (changing && session.checkout !== null);
  const submit = (wanted: Order) => void payment.open(wanted).then(() => setChanging(false));
  const giveUp = () => void payment.giveUp().then((left) => left && onClose());

  return (
    <>
      <Dialog open={open && !paying} heading={words.form.heading} onClose={onClose}>
        {showForm ? (
          <OrderForm
            item={withHeld(item, session)}
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

/** Lies under PortOne's window. Whoever sees it has lost that window. */
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

/** The pieces that this very order holds are there for it, however few the shelf still shows. */
function withHeld(item: Item, session: Session | null): Item {
  const held = session !== null && session.checkout !== null ? session.quantity : 0;
  return item.stock === null ? item : { ...item, stock: item.stock + held };
}
