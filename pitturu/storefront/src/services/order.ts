import { cleaned } from "./validation.js";
import type { Buyer, CashReceipt, CheckoutItem, CheckoutLine, Order, OrderLine, PayMethod, Session, SessionLine } from "../types/payment.js";

export type { CashReceipt } from "../types/payment.js";

/** What is bought: one item whose quantity is part of the draft, or the lines of a cart. */
export type Basket = CheckoutItem | readonly CheckoutLine[];

/** What the buyer edits before an order exists. `quantity` counts only where a single item is bought. */
export interface OrderDraft extends Buyer {
  quantity: number;
  pay_method: PayMethod;
  /** Counts only with a method that has cash receipts. */
  cash_receipt?: CashReceipt;
}

/** Whether this method has cash receipts. */
export function hasReceipt(method: PayMethod): boolean {
  return method === "trans" || method === "vbank";
}

/** The cash receipt that an order asks for; undefined if the buyer chose nothing, or the method has none. */
export function receiptOf({ pay_method, cash_receipt }: Pick<Order, "pay_method" | "cash_receipt">): CashReceipt | undefined {
  return hasReceipt(pay_method) ? cash_receipt : undefined;
}

/** A line as it is shown. */
export type ShownLine = Pick<SessionLine, "item_id" | "item_name" | "unit_price" | "quantity">;

/** A buyer of whom nothing is known. */
export const NOBODY: Required<Buyer> = {
  buyer_name: "",
  buyer_email: "",
  buyer_tel: "",
  buyer_addr: "",
  buyer_postcode: "",
};

/** The initial values of a form. */
export function blankDraft(buyer: Partial<Buyer> = {}, method: PayMethod = "card"): OrderDraft {
  return {
    quantity: 1,
    pay_method: method,
    ...NOBODY,
    ...buyer,
  };
}

/** Whether nothing about the buyer was entered yet. */
export function isNobody(buyer: Buyer): boolean {
  return (Object.keys(NOBODY) as (keyof Buyer)[]).every((name) => !buyer[name]);
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

export function isCart(basket: Basket): basket is readonly CheckoutLine[] {
  return Array.isArray(basket);
}

/** Whether only the method of this session can be chosen: it has shipping, a discount or other lines, which are the shop's.
 * An order of the buyer's that replaced it would have none of that.
 */
export function isFixed(basket: Basket, session: Session | null): session is Session {
  if (session === null) return false;
  const priced = session.shipping > 0 || session.discount > 0;
  if (isCart(basket)) return priced && hasLines(session, basket);
  return priced || session.line_count > 1 || session.item_id !== basket.id;
}

/** The order that the draft describes. */
export function orderOf(draft: OrderDraft, basket: Basket, session: Session | null): Order {
  const { quantity, pay_method, ...buyer } = draft;
  const cash_receipt = receiptOf(draft);
  if (isFixed(basket, session)) return { pay_method, cash_receipt, ...buyerOf(session), items: session.lines.map(named) };
  const order = { pay_method, cash_receipt, ...cleaned(buyer) };
  return isCart(basket) ? { ...order, items: basket.map(named) } : { ...order, item_id: basket.id, quantity };
}

function named({ item_id, quantity }: OrderLine): OrderLine {
  return { item_id, quantity };
}

/** The lines as they are shown. A shop that has not named its only item has none before the order exists. */
export function linesIn(basket: Basket, draft: OrderDraft, session: Session | null): readonly ShownLine[] {
  if (isCart(basket)) return basket;
  if (isOf(session, basket, draft)) return session.lines;
  const { id: item_id, name: item_name, price: unit_price } = basket;
  return item_name === undefined ? [] : [{ item_id, item_name, unit_price, quantity: pieces(draft) }];
}

export interface Price {
  /** Won, all three. */
  total: number;
  shipping: number;
  discount: number;
}

/** What the draft costs: what its order costs once it exists, until then the sum of the lines as the page knows them. */
export function priceOf(basket: Basket, draft: OrderDraft, session: Session | null): Price {
  if (isOf(session, basket, draft)) {
    return { total: session.amount, shipping: session.shipping, discount: session.discount };
  }
  const sum = isCart(basket)
    ? basket.reduce((total, line) => total + line.unit_price * line.quantity, 0)
    : basket.price * pieces(draft);
  return { total: sum, shipping: 0, discount: 0 };
}

/** Whether the session is the order of what is shown. */
function isOf(session: Session | null, basket: Basket, draft: OrderDraft): session is Session {
  if (session === null) return false;
  const lines = isCart(basket) ? basket : [{ item_id: basket.id, quantity: draft.quantity }];
  return isFixed(basket, session) || hasLines(session, lines);
}

/** The quantity as far as it is one. */
function pieces({ quantity }: OrderDraft): number {
  return quantity > 0 ? quantity : 0;
}

export function linesOf(order: Order): readonly OrderLine[] {
  return order.items ?? [{ item_id: order.item_id, quantity: order.quantity }];
}

export function methodOf(session: Session): PayMethod {
  return (session.pay_method ?? "card") as PayMethod;
}

/** Whether the session is for this order, with any payment method. */
export function sameBasket(session: Session, order: Order): boolean {
  const [one, other] = [cleaned(buyerOf(session)), cleaned(order)];
  const names = Object.keys(one) as (keyof Buyer)[];
  return hasLines(session, linesOf(order)) && names.every((name) => one[name] === other[name]);
}

/** Whether the session has exactly these lines, in any order. */
export function hasLines(session: Session, lines: readonly OrderLine[]): boolean {
  const has = ({ item_id, quantity }: OrderLine) =>
    session.lines.some((line) => line.item_id === item_id && line.quantity === quantity);
  return lines.length === session.lines.length && lines.every(has);
}
