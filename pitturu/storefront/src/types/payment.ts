// The words of a payment. All that comes from the server is generated from its contract (`api.ts`); what PortOne's
// script takes and gives back is written here.

import type { NewSession, RefundAccount, Session } from "./api.js";

export type {
  Cancellation,
  Checkout,
  Event,
  FullPayment,
  HistoryPage,
  Item,
  Message,
  NewSession,
  Owned,
  Payment,
  RefundAccount,
  Session,
  User,
  VirtualAccount,
} from "./api.js";

export type SessionStatus = Session["status"];

/** How the buyer wants to pay, in PortOne's words. */
export type PayMethod = "card" | "kakaopay" | "trans" | "vbank" | "phone";

export const PAY_METHODS: readonly PayMethod[] = ["card", "kakaopay", "trans", "vbank", "phone"];

/** What the buyer tells about themselves. */
export type Buyer = Pick<NewSession, "buyer_name" | "buyer_email" | "buyer_tel" | "buyer_addr" | "buyer_postcode">;

/** What the buyer chose. The price is none of the browser's business. */
export interface Order extends Buyer {
  item_id: string;
  quantity: number;
  pay_method: PayMethod;
}

/** A wish for money back: won, or pieces, or (with neither) all that is left. */
export interface CancelWish {
  reason: string;
  amount?: number;
  quantity?: number;
  refund_account?: Pick<RefundAccount, "bank" | "number" | "holder">;
}

export interface HistoryFilter {
  status?: SessionStatus;
  /** ISO 8601 with a zone, inclusive. */
  from?: string;
  /** ISO 8601 with a zone, exclusive. */
  to?: string;
  cursor?: string;
  limit?: number;
}

/**
 * What PortOne V1's script hands to the callback of `IMP.request_pay`. Only a hint: the server asks PortOne.
 * `success` and its like are left out, because newer modules do not send them.
 */
export interface WindowResult {
  imp_uid?: string | null;
  merchant_uid?: string | null;
  error_code?: string | null;
  error_msg?: string | null;
}

/** PortOne V1's script once it is loaded. */
export interface PortOneScript {
  init(userCode: string): void;
  request_pay(params: Readonly<Record<string, unknown>>, callback: (result: WindowResult) => void): void;
}

declare global {
  interface Window {
    IMP?: PortOneScript;
  }
}
