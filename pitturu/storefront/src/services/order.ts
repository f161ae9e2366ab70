import type { Buyer, CheckoutItem, Order, PayMethod, Session } from "../types/payment.js";

/** The initial values of a form. */
export function blankOrder(item: CheckoutItem, buyer: Partial<Buyer> = {}, method: PayMethod = "card"): Order {
  return {
    item_id: item.id,
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

/** The order of a session. */
export function orderOf(session: Session): Order {
  return {
    item_id: session.item_id,
    quantity: session.quantity,
    pay_method: methodOf(session),
    buyer_name: session.buyer_name,
    buyer_email: session.buyer_email,
    buyer_tel: session.buyer_tel,
    buyer_addr: session.buyer_addr ?? "",
    buyer_postcode: session.buyer_postcode ?? "",
  };
}

export function methodOf(session: Session): PayMethod {
  return (session.pay_method ?? "card") as PayMethod;
}

/** Whether the session is for this order, with any payment method. */
export function sameBasket(session: Session, order: Order): boolean {
  const { pay_method: _, ...basket } = orderOf(session);
  const names = Object.keys(basket) as (keyof typeof basket)[];
  return names.every((name) => basket[name] === (order[name] ?? ""));
}
