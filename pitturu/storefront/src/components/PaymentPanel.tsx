"use client";

import { ProblemAlert } from "./Alert.js";
import { OrderSummary } from "./OrderSummary.js";
import { PhaseStatus } from "./PhaseStatus.js";
import type { PortOnePayment } from "../hooks/usePortOnePayment.js";

/** An order about which there is nothing to fill in: being read, being confirmed, or over. */
export function PaymentPanel({ payment }: { payment: PortOnePayment }) {
  const { session, problem } = payment;
  return (
    <div className="pt-panel">
      {session && <OrderSummary session={session} />}
      <PhaseStatus state={payment} />
      <ProblemAlert problem={problem} />
    </div>
  );
}
