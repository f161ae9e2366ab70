// Types of a payment. The server's types are generated from its contract (`api.ts`); those of PortOne's script are
// written here.

import type { GivenConsent, Item, NewSession, OfferedMethod, RefundAccount, ReturnedLine, Session } from "./api.js";

export type {
  Cancellation,
  Catalogue,
  Checkout,
  CheckoutForm,
  Consent,
  Enrolment,
  Event,
  Factor,
  FullPayment,
  GivenConsent,
  HistoryPage,
  Item,
  Line,
  Message,
  NewSession,
  OfferedMethod,
  OfferedMethods,
  Owned,
  OwnLogin,
  Payment,
  RefundAccount,
  Session,
  SessionLine,
  User,
  VirtualAccount,
} from "./api.js";

export type SessionStatus = Session["status"];

/** The payment method, as PortOne calls it. */
export type PayMethod = OfferedMethod["pay_method"];

/** What a checkout has to know of an item. A shop may take it from a catalogue of its own. */
export type CheckoutItem = Pick<Item, "id" | "price" | "stock" | "returnable"> & Partial<Pick<Item, "name">>;

/** The buyer's data. */
export type Buyer = Pick<NewSession, "buyer_name" | "buyer_email" | "buyer_tel" | "buyer_addr" | "buyer_postcode">;

/** The cash receipt (현금영수증) that the buyer wants. */
export interface CashReceipt {
  purpose: "personal" | "business" | "none";
  /** A telephone or cash receipt card number, or a business registration number. */
  identifier?: string;
}

/** Pieces of one item in an order. */
export interface OrderLine {
  item_id: string;
  quantity: number;
}

/** A line of a cart as a checkout shows it before the order exists. */
export interface CheckoutLine extends OrderLine {
  item_name: string;
  unit_price: number;
  returnable: boolean;
}

/**
 * The buyer's choice: one item, or one to fifty lines, each of another item. The server computes the price, and every
 * line and the total stand in the session.
 */
export type Order = Buyer & {
  pay_method: PayMethod;
  cash_receipt?: CashReceipt | undefined;
  /** What the buyer agreed to, of what the shop asks for. */
  consents?: readonly GivenConsent[];
} & (
    | (OrderLine & { items?: never })
    | { items: readonly OrderLine[]; item_id?: never; quantity?: never }
  );

/**
 * A refund request: won, or pieces by line, or a quantity (of an order with one line), or (with none of these) all that is
 * left.
 */
export interface CancelWish {
  reason: string;
  amount?: number;
  quantity?: number;
  lines?: readonly Pick<ReturnedLine, "line_id" | "quantity">[];
  refund_account?: Pick<RefundAccount, "bank" | "number" | "holder"> & Partial<Pick<RefundAccount, "tel">>;
}

/** Which items to list. What is left out does not count. */
export interface CatalogueFilter {
  limit?: number;
  after?: string;
  in_stock?: boolean;
  returnable?: boolean;
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
