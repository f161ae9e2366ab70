// Types of a payment. The server's types are generated from its contract (`api.ts`); those of PortOne's script are
// written here.

import type { Item, NewSession, RefundAccount, Session } from "./api.js";

export type {
  Cancellation,
  Catalogue,
  Checkout,
  Enrolment,
  Event,
  Factor,
  FullPayment,
  HistoryPage,
  Item,
  Message,
  NewSession,
  Owned,
  OwnLogin,
  Payment,
  RefundAccount,
  Session,
  User,
  VirtualAccount,
} from "./api.js";

export type SessionStatus = Session["status"];

/** The payment method, as PortOne calls it. */
export type PayMethod = "card" | "kakaopay" | "trans" | "vbank" | "phone";

export const PAY_METHODS: readonly PayMethod[] = ["card", "kakaopay", "trans", "vbank", "phone"];

/** What a checkout has to know of an item. A shop may take it from a catalogue of its own. */
export type CheckoutItem = Pick<Item, "id" | "price" | "stock" | "returnable">;

/** The buyer's data. */
export type Buyer = Pick<NewSession, "buyer_name" | "buyer_email" | "buyer_tel" | "buyer_addr" | "buyer_postcode">;

/** The buyer's choice. The server computes the price. */
export interface Order extends Buyer {
  item_id: string;
  quantity: number;
  pay_method: PayMethod;
}

/** A refund request: won, or a quantity, or (with neither) all that is left. */
export interface CancelWish {
  reason: string;
  amount?: number;
  quantity?: number;
  refund_account?: Pick<RefundAccount, "bank" | "number" | "holder"> & Partial<Pick<RefundAccount, "tel">>;
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

/** The result of PortOne's window, of either generation. Only a hint: the server asks PortOne. */
export interface WindowResult {
  /** PortOne's id of the attempt, `imp_uid` or `txId`. */
  attempt: string | null;
  /** Whether the window reported a failure, and its message. */
  failed: boolean;
  words: string;
}

/**
 * What PortOne V1's script hands to the callback of `IMP.request_pay`. `success` and its like are left out, because
 * newer modules do not send them.
 */
export interface V1Result {
  imp_uid?: string | null;
  error_code?: string | null;
  error_msg?: string | null;
}

/** The result of PortOne V2's `requestPayment`; a `code` in it means that it failed. */
export interface V2Result {
  txId?: string;
  code?: string;
  message?: string;
  pgMessage?: string;
}

export type WindowParameters = Readonly<Record<string, unknown>>;

declare global {
  interface Window {
    /** PortOne V1's script once it is loaded. */
    IMP?: {
      init(userCode: string): void;
      request_pay(params: WindowParameters, callback: (result: V1Result) => void): void;
    };
    /** PortOne V2's script. Nothing is returned if the page is redirected. */
    PortOne?: { requestPayment(request: WindowParameters): Promise<V2Result | undefined> };
  }
}
