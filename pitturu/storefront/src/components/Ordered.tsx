"use client";

import { OrderLines } from "./OrderLines.js";
import { useWords } from "../i18n/language.js";
import type { ShownLine } from "../services/order.js";

export interface OrderedProps {
  /** None where the shop has not named its only item. */
  lines: readonly ShownLine[];
  shipping: number;
  discount: number;
  /** Won. */
  total: number;
}

/** What is bought and what it costs, in one line that opens if there is more to say. It stays visible above the form. */
export function Ordered({ lines, shipping, discount, total }: OrderedProps) {
  const words = useWords();
  const [first] = lines;
  const single = lines.length < 2 && shipping === 0 && discount === 0;
  const sum = (
    <>
      <span>
        {first ? words.orderName(first.item_name, lines.length) : words.form.total}
        {first && single && <span className="pt-small"> × {words.pieces(first.quantity)}</span>}
      </span>
      <output aria-label={words.form.total}>{words.won(total)}</output>
    </>
  );
  if (single) return <p className="pt-total pt-checkout-top">{sum}</p>;
  return (
    <details className="pt-checkout-top">
      <summary className="pt-total">{sum}</summary>
      <OrderLines lines={lines} shipping={shipping} discount={discount} />
    </details>
  );
}
