"use client";

import { OrderLines } from "./OrderLines.js";
import { useWords } from "../i18n/language.js";
import type { Session } from "../types/payment.js";

/** The lines and the price, as the server has them. */
export function OrderSummary({ session }: { session: Session }) {
  const words = useWords();
  const { lines, shipping, discount } = session;
  return (
    <div className="pt-summary">
      <OrderLines lines={lines} shipping={shipping} discount={discount} />
      <p className="pt-summary-amount">{words.won(session.amount)}</p>
    </div>
  );
}
