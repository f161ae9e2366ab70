import type { Buyer, CheckoutLine, Order, OrderLine, PayMethod, Session } from "../types/payment.js";

/** What the buyer edits before an order exists. `quantity` counts only where a single item is bought. */
export interface OrderDraft extends Buyer {
  quantity: number;
  pay_method: PayMethod;
}

/** The initial values of a form. */
export function blankDraft(buyer: Partial<Buyer> = {}, method: PayMethod = "card"): OrderDraft {
  return {
    quantity: 1,
    pay_method: method,
    buyer_name: "",
    buyer_email: "",
    buyer_tel: "",
    buyer_addr: "",
    buyer_postcode: "",
    ...buyer,
  };
}

/** The same for the order of a session. */
export function draftOf(session: Session): OrderDraft {
  return { ...buyerOf(session), quantity: session.quantity, pay_method: methodOf(session) };
}

function buyerOf(session: Session): Required<Buyer> {
  return {
    buyer_name: session.buyer_name,
    buyer_email: session.buyer_email,
    buyer_tel: session.buyer_tel,
    buyer_addr: session.buyer_addr ?? "",
    buyer_postcode: session.buyer_postcode ?? "",
  };
}

/** The order of these lines. */
export function orderOf({ quantity: _, ...draft }: OrderDraft, lines: readonly CheckoutLine[]): Order {
  return { ...draft, items: lines.map(({ item_id, quantity }) => ({ item_id, quantity })) };
}

export function linesOf(order: Order): readonly OrderLine[] {
  return order.items ?? [{ item_id: order.item_id, quantity: order.quantity }];
}

export function methodOf(session: Session): PayMethod {
  return (session.pay_method ?? "card") as PayMethod;
}

/** Whether the session is for this order, with any payment method. */
export function sameBasket(session: Session, order: Order): boolean {
  const buyer = buyerOf(session);
  const names = Object.keys(buyer) as (keyof Buyer)[];
  return hasLines(session, linesOf(order)) && names.every((name) => buyer[name] === (order[name] ?? ""));
}

/** Whether the session has exactly these lines, in any order. */
export function hasLines(session: Session, lines: readonly OrderLine[]): boolean {
  const has = ({ item_id, quantity }: OrderLine) =>
    session.lines.some((line) => line.item_id === item_id && line.quantity === quantity);
  return lines.length === session.lines.length && lines.every(has);
}
