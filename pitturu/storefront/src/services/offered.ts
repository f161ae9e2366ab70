import type { PaymentService } from "./paymentService.js";
import type { PayMethod, Session } from "../types/payment.js";

let known: readonly PayMethod[] | null = null;
const listeners = new Set<() => void>();

/** The ways to pay that the shop offers, in the order to show them; null until the server has said so. */
export function offeredMethods(): readonly PayMethod[] | null {
  return known;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Ask the server. Without an answer what was known stays: the server refuses what it does not offer. */
export async function loadOffered(service: PaymentService, generation?: Session["generation"]): Promise<void> {
  try {
    known = await service.payMethods(generation);
  } catch {
    return;
  }
  for (const listener of listeners) listener();
}
