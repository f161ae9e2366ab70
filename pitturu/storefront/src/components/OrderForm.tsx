"use client";

import type { FormEvent } from "react";

import { Alert, ProblemAlert } from "./Alert.js";
import { Button } from "./Button.js";
import { Field } from "./Field.js";
import { MethodChoice } from "./MethodChoice.js";
import { Quantity } from "./Quantity.js";
import { useComplaints } from "../hooks/useComplaints.js";
import { useWords, type Words } from "../i18n/language.js";
import type { Problem } from "../services/problem.js";
import { checkBuyer, checkQuantity, type Complaints, formatTel, MOST_PIECES, only } from "../services/validation.js";
import type { Buyer, CheckoutItem, Order } from "../types/payment.js";

interface OrderFormProps {
  item: CheckoutItem;
  order: Order;
  onChange: (order: Order) => void;
  onSubmit: (order: Order) => void;
  problem: Problem | null;
  busy: boolean;
}

type Wrong = Complaints<keyof Buyer | "quantity">;

/** The order and the buyer. Validated here for convenience; the server validates everything again. */
export function OrderForm({ item, order, onChange, onSubmit, problem, busy }: OrderFormProps) {
  const words = useWords();
  const { form, wrong, accept } = useComplaints<keyof Buyer | "quantity">();
  const total = item.price * (order.quantity > 0 ? order.quantity : 0);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy && accept(complaintsAbout(words, order, item))) onSubmit(order);
  };

  return (
    <form ref={form} className="pt-form" noValidate onSubmit={submit}>
      <MethodChoice value={order.pay_method} onChange={(pay_method) => onChange({ ...order, pay_method })} />
      <Quantity
        value={order.quantity}
        most={Math.min(item.stock ?? MOST_PIECES, MOST_PIECES)}
        error={wrong.quantity}
        onChange={(quantity) => onChange({ ...order, quantity })}
      />
      <BuyerFields buyer={order} wrong={wrong} onChange={(buyer) => onChange({ ...order, ...buyer })} />
      {Object.keys(wrong).length > 0 && <Alert kind="error">{words.errors.summary}</Alert>}
      <ProblemAlert problem={problem} />
      {!item.returnable && <Alert kind="info">{words.shop.notReturnable}</Alert>}
      <p className="pt-total">
        <span>{words.form.total}</span>
        <output>{words.won(total)}</output>
      </p>
      <Button type="submit" wide busy={busy}>
        {busy ? words.phases.opening : words.form.next}
      </Button>
      <p className="pt-small">{words.form.privacy}</p>
    </form>
  );
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

function complaintsAbout(words: Words, order: Order, item: CheckoutItem): Wrong {
  return { ...checkBuyer(words, order), ...only({ quantity: checkQuantity(words, order.quantity, item.stock) }) };
}
