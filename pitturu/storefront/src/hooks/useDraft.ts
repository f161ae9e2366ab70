"use client";

import { useEffect, useRef, useState } from "react";

import type { PortOnePayment } from "./usePortOnePayment.js";
import { blankDraft, draftOf, isNobody, NOBODY, type OrderDraft } from "../services/order.js";
import type { Buyer, PayMethod } from "../types/payment.js";

interface Drafted {
  order: OrderDraft;
  setOrder: (order: OrderDraft) => void;
  /** The buyer's data comes from their last order, and they did not clear it. */
  filled: boolean;
  clear: () => void;
}

/** What the buyer edits: the order that exists, else what the shop knows of the buyer, else the buyer of the last order.
 * Data that arrives after the buyer began to type changes nothing.
 */
export function useDraft(payment: PortOnePayment, open: boolean, buyer?: Partial<Buyer>, method?: PayMethod): Drafted {
  const { session, phase, lastBuyer } = payment;
  const [order, setOrder] = useState<OrderDraft>(() => blankDraft(buyer, method));
  const [filled, setFilled] = useState(false);
  const typed = useRef(order);
  typed.current = order;
  const asked = useRef(buyer !== undefined);

  useEffect(() => {
    if (session === null) return;
    setOrder((before) => ({ ...before, ...draftOf(session) }));
    setFilled(false);
  }, [session?.session_id, session?.pay_method]);

  useEffect(() => {
    if (!open || phase !== "form" || asked.current) return;
    // Later, because an order that is to be continued begins to be read in the same moment.
    const timer = setTimeout(async () => {
      asked.current = true;
      const known = await lastBuyer();
      if (known === null || !isNobody(typed.current)) return;
      setOrder({ ...typed.current, ...NOBODY, ...present(known) });
      setFilled(true);
    });
    return () => clearTimeout(timer);
  }, [open, phase, lastBuyer]);

  const clear = () => {
    setOrder({ ...order, ...NOBODY });
    setFilled(false);
  };
  return { order, setOrder, filled, clear };
}

function present(buyer: Buyer): Partial<Buyer> {
  return Object.fromEntries(Object.entries(buyer).filter(([, value]) => value !== null));
}
