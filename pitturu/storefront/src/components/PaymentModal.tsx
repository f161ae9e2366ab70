"use client";

import { Button } from "./Button.js";
import { Dialog } from "./Dialog.js";
import { OrderForm } from "./OrderForm.js";
import { PaymentPanel } from "./PaymentPanel.js";
import { useConsents } from "../hooks/useConsents.js";
import { useDraft } from "../hooks/useDraft.js";
import type { PortOnePayment } from "../hooks/usePortOnePayment.js";
import { useWords } from "../i18n/language.js";
import { orderOf } from "../services/order.js";
import type { Buyer, CheckoutItem, CheckoutLine, PayMethod, Session } from "../types/payment.js";

interface CheckoutProps {
  payment: PortOnePayment;
  open: boolean;
  onClose: () => void;
  /** The buyer's data, if the shop knows it; that of the buyer's last order here if omitted. */
  buyer?: Partial<Buyer>;
  method?: PayMethod;
  /** A page of your origin with a postcode search: pitturu's `/postcode` behind the same proxy. None if omitted. */
  postcodePage?: string | undefined;
}

/** One item, whose quantity is chosen in the form, or the lines of a cart. */
export type PaymentModalProps = CheckoutProps &
  ({ item: CheckoutItem; lines?: never } | { lines: readonly CheckoutLine[]; item?: never });

/** The whole checkout of one item or of a cart: one form, whose button opens PortOne's window, and the confirmation. It is
hidden while PortOne's window is open: a modal dialog would be above that window and make it unusable.
 */
export function PaymentModal({ item, lines, payment, open, onClose, buyer, method, postcodePage }: PaymentModalProps) {
  const words = useWords();
  const { session, phase } = payment;
  const { filled, order, setOrder, clear } = useDraft(payment, open, buyer, method);
  const consents = useConsents(payment, open);
  const basket = lines ?? withHeld(item, session);
  const paying = phase === "window";
  const declined = phase === "closed" && session?.status === "failed";
  const payable = phase === "form" || phase === "preparing" || phase === "ready" || declined;
  const close = () => {
    payment.hold();
    onClose();
  };
  const giveUp = () => void payment.giveUp().then((left) => left && onClose());

  return (
    <>
      <Dialog open={open && !paying} heading={words.form.heading} onClose={close}>
        {payable || payment.pressed ? (
          <OrderForm
            basket={basket}
            payment={payment}
            order={order}
            filled={filled}
            consents={consents}
            postcodePage={postcodePage}
            onChange={setOrder}
            onClear={clear}
            onPay={(amount) => void payment.submit({ ...orderOf(order, basket, session), ...consents.given }, amount)}
            onGiveUp={giveUp}
          />
        ) : (
          <PaymentPanel payment={payment} />
        )}
      </Dialog>
      {open && paying && <WindowNote onCheck={() => void payment.check()} />}
    </>
  );
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
