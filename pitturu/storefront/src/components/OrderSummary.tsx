"use client";

import { useWords } from "../i18n/language.js";
import type { Session } from "../types/payment.js";

/** The item and its price, as the server has them. */
export function OrderSummary({ session }: { session: Session }) {
  const words = useWords();
  return (
    <div className="pt-summary">
      <p className="pt-summary-item">
        {session.item_name} <span>× {words.pieces(session.quantity)}</span>
      </p>
      <p className="pt-summary-amount">{words.won(session.amount)}</p>
    </div>
  );
}
