import type { Schemas } from "../api.js";

export type Fulfilment = Schemas["OrderLine"]["fulfilment"];

/** The states that a line may reach from each state, the usual one first. The server has the same table and decides. */
export const MOVES: Readonly<Record<Fulfilment, readonly Fulfilment[]>> = {
  none: ["preparing", "shipped", "delivered", "used"],
  preparing: ["shipped", "delivered", "used", "none"],
  shipped: ["delivered", "used"],
  delivered: ["used", "shipped"],
  used: ["delivered"],
};

/** Whether all pieces of an unsent line are being cancelled, so that they are not to be sent. */
export function isCancelling(line: Schemas["OrderLine"]): boolean {
  return line.owned > 0 && line.cancelling >= line.owned && (line.fulfilment === "none" || line.fulfilment === "preparing");
}
