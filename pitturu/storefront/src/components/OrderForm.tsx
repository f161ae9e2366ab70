"use client";

import type { FormEvent } from "react";

import { Alert, ProblemAlert } from "./Alert.js";
import { Button } from "./Button.js";
import { Field } from "./Field.js";
import { MethodChoice } from "./MethodChoice.js";
import { OrderLines } from "./OrderLines.js";
import { Quantity } from "./Quantity.js";
import { useComplaints } from "../hooks/useComplaints.js";
import { useWords, type Words } from "../i18n/language.js";
import type { OrderDraft } from "../services/order.js";
import type { Problem } from "../services/problem.js";
import { checkBuyer, checkQuantity, type Complaints, formatTel, MOST_PIECES, only } from "../services/validation.js";
import type { Buyer, CheckoutItem, CheckoutLine } from "../types/payment.js";

interface OrderFormProps {
  /** One item whose quantity is chosen here, or the lines of a cart. */
  basket: CheckoutItem | readonly CheckoutLine[];
  order: OrderDraft;
  onChange: (order: OrderDraft) => void;
  onSubmit: (order: OrderDraft) => void;
  problem: Problem | null;
  busy: boolean;
}

type Wrong = Complaints<keyof Buyer | "quantity">;

/** The order and the buyer. Validated here for convenience; the server validates everything again. */
export function OrderForm({ basket, order, onChange, onSubmit, problem, busy }: OrderFormProps) {
  const words = useWords();
  const { form, wrong, accept } = useComplaints<keyof Buyer | "quantity">();
  const lines = isCart(basket) ? basket : null;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy && accept(complaintsAbout(words, order, basket))) onSubmit(order);
  };

  return (
    <form ref={form} className="pt-form" noValidate onSubmit={submit}>
      {isCart(basket) && (
        <div className="pt-summary">
          <OrderLines lines={basket} />
        </div>
      )}
      <MethodChoice value={order.pay_method} onChange={(pay_method) => onChange({ ...order, pay_method })} />
      {!isCart(basket) && (
        <Quantity
          value={order.quantity}
          most={Math.min(basket.stock ?? MOST_PIECES, MOST_PIECES)}
          error={wrong.quantity}
          onChange={(quantity) => onChange({ ...order, quantity })}
        />
      )}
      <BuyerFields buyer={order} wrong={wrong} onChange={(buyer) => onChange({ ...order, ...buyer })} />
      {Object.keys(wrong).length > 0 && <Alert kind="error">{words.errors.summary}</Alert>}
      <ProblemAlert problem={problem}>
        {problem && lines && <Concerned problem={problem} lines={lines} />}
      </ProblemAlert>
      {!isReturnable(basket) && <Alert kind="info">{words.shop.notReturnable}</Alert>}
      <p className="pt-total">
        <span>{words.form.total}</span>
        <output>{words.won(totalOf(basket, order.quantity))}</output>
      </p>
      <Button type="submit" wide busy={busy}>
        {busy ? words.phases.opening : words.form.next}
      </Button>
      <p className="pt-small">{words.form.privacy}</p>
    </form>
  );
}

/** The items that the server's problem is about. */
function Concerned({ problem, lines }: { problem: Problem; lines: readonly CheckoutLine[] }) {
  const names = lines.filter((_, place) => `items.${place}` in problem.fields).map((line) => line.item_name);
  return names.length > 0 ? <p>{names.join(", ")}</p> : null;
}

interface BuyerFieldsProps {
  buyer: Buyer;
  wrong: Wrong;
  onChange: (change: Partial<Buyer>) => void;
}

function BuyerFields({ buyer, wrong, onChange }: BuyerFieldsProps) {
  const words = useWords();
  const { form } = words;
  return (
    <fieldset className="pt-group">
      <legend>{form.buyer}</legend>
      <Field
        label={form.name}
        name="buyer_name"
        autoComplete="name"
        maxLength={255}
        required
        value={buyer.buyer_name}
        error={wrong.buyer_name}
        onChange={(buyer_name) => onChange({ buyer_name })}
      />
      <Field
        label={form.email}
        name="buyer_email"
        type="email"
        autoComplete="email"
        maxLength={255}
        required
        value={buyer.buyer_email}
        error={wrong.buyer_email}
        onChange={(buyer_email) => onChange({ buyer_email })}
      />
      <Field
        label={form.tel}
        hint={form.telHint}
        name="buyer_tel"
        type="tel"
        autoComplete="tel-national"
        maxLength={20}
        required
        value={buyer.buyer_tel}
        error={wrong.buyer_tel}
        onChange={(buyer_tel) => onChange({ buyer_tel })}
        onBlur={() => onChange({ buyer_tel: formatTel(buyer.buyer_tel) })}
      />
      <Field
        label={form.postcode}
        hint={form.postcodeHint}
        name="buyer_postcode"
        inputMode="numeric"
        autoComplete="postal-code"
        maxLength={5}
        value={buyer.buyer_postcode ?? ""}
        error={wrong.buyer_postcode}
        onChange={(buyer_postcode) => onChange({ buyer_postcode })}
      />
      <Field
        label={form.address}
        name="buyer_addr"
        autoComplete="street-address"
        maxLength={500}
        value={buyer.buyer_addr ?? ""}
        error={wrong.buyer_addr}
        onChange={(buyer_addr) => onChange({ buyer_addr })}
      />
    </fieldset>
  );
}

type Basket = OrderFormProps["basket"];

function isCart(basket: Basket): basket is readonly CheckoutLine[] {
  return Array.isArray(basket);
}

function isReturnable(basket: Basket): boolean {
  return isCart(basket) ? basket.every((line) => line.returnable) : basket.returnable;
}

/** Won, as shown before the order exists. The server computes what is paid. */
function totalOf(basket: Basket, quantity: number): number {
  if (!isCart(basket)) return basket.price * (quantity > 0 ? quantity : 0);
  return basket.reduce((sum, line) => sum + line.unit_price * line.quantity, 0);
}

function complaintsAbout(words: Words, order: OrderDraft, basket: Basket): Wrong {
  const quantity = isCart(basket) ? undefined : checkQuantity(words, order.quantity, basket.stock);
  return { ...checkBuyer(words, order), ...only({ quantity }) };
}
