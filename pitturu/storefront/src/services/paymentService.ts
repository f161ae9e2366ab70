import { type Auth, type Call, seconds, sender } from "./http.js";
import { Problem } from "./problem.js";
import type { Tokens } from "./tokens.js";
import { backoff, pause, unlessReconnected } from "./waiting.js";
import type {
  Buyer,
  CashReceipt,
  CancelWish,
  Catalogue,
  CatalogueFilter,
  CheckoutForm,
  Enrolment,
  Factor,
  FullPayment,
  HistoryFilter,
  HistoryPage,
  Item,
  Order,
  Owned,
  OwnLogin,
  OfferedMethods,
  PayMethod,
  Session,
  User,
} from "../types/payment.js";

export interface ServiceOptions {
  /** The URL of pitturu, e.g. `https://pay.example.com`; empty for the origin of the page. */
  apiUrl?: string;
  /** The buyer's authentication. Without it only the catalogue can be read. */
  auth?: Auth;
}

export interface LoginOptions {
  /** A code of the second factor, where the account has one. */
  code?: string;
  cookie?: boolean;
}

/** One poll of a session: the session if it changed, and what the next poll needs. */
export interface Look {
  session: Session | null;
  etag: string | null;
  /** Milliseconds until the next poll; null when no further change is expected. */
  rest: number | null;
}

const TRIES = 5;
/** How often a request without a response is repeated: with backoff, for about ten seconds. */
const LONG_POLL = 20;
/** Seconds that a poll may wait at the server, which allows 25. */

const NOBODY: Auth = { accessToken: async () => null, renew: async () => null };

/** What the browser knows of a paid order: V1's ids, or V2's. */
export interface Known {
  merchant_uid?: string;
  imp_uid?: string;
  payment_id?: string;
  transaction_id?: string;
}

/** What a session is opened with besides the order. */
export interface SessionWish {
  redirect_url?: string;
  generation?: Session["generation"];
  /** Of the payment window. The browser's, if omitted. */
  language?: string;
  /** URL scheme of the shop's app, if the page is shown inside it. */
  app_scheme?: string;
}

/**
 * All that a checkout asks of the server. Every POST carries an `Idempotency-Key` and is repeated with the same key when
 * its answer got lost, so that nothing happens twice. Throws Problem.
 */
export function createPaymentService(options: ServiceOptions = {}) {
  const send = sender(options.apiUrl ?? "", options.auth ?? NOBODY);

  const read = async <T>(path: string, signedIn = true): Promise<T> => (await send({ path, signedIn })).json();

  const post = async <T>(path: string, body?: unknown, key: string = crypto.randomUUID()): Promise<T> => {
    const headers = { "Idempotency-Key": key };
    return (await insisting((signal) => send({ method: "POST", path, body, headers, signal }))).json();
  };

  const open = async <T>(path: string, body: unknown, cookie = false): Promise<T> => {
    const call: Call = { method: "POST", path, body, signedIn: false, cookie };
    return (await send(call)).json();
  };

  const change = async <T>(method: "POST" | "DELETE", path: string, body?: unknown): Promise<T> =>
    (await send({ method, path, body })).json();

  return {
    /** A page of what is for sale, of all items or of those that pass the filter. */
    items: (filter: CatalogueFilter = {}) => read<Catalogue>(`/items?${query(filter)}`, false),
    item: (itemId: string) => read<Item>(`/items/${encodeURIComponent(itemId)}`, false),

    /** The ways to pay that the shop offers, in the order to show them. */
    payMethods: async (generation?: Session["generation"]) => {
      const path = `/pay-methods${generation === undefined ? "" : `?generation=${generation}`}`;
      return (await read<OfferedMethods>(path, false)).methods.map((one) => one.pay_method);
    },

    /** What the form asks for besides the order: the shop's consents. */
    checkoutForm: () => read<CheckoutForm>("/checkout/form", false),

    /** The same `key` and order give the same session, however often it is requested. */
    openSession: (order: Order & SessionWish, key: string) => post<Session>("/payments/sessions", order, key),
    session: (sessionId: string) => read<Session>(`/payments/sessions/${encodeURIComponent(sessionId)}`),
    prepare: (sessionId: string, payMethod?: PayMethod, language?: string, receipt?: CashReceipt) =>
      post<Session>(`/payments/sessions/${encodeURIComponent(sessionId)}/prepare`, {
        ...(payMethod === undefined ? {} : { pay_method: payMethod }),
        ...(language === undefined ? {} : { language }),
        ...(receipt && { cash_receipt: receipt }),
      }),
    /** Report that the window is being opened, which gives the order the time of a payment. */
    openWindow: (sessionId: string) => post<Session>(`/payments/sessions/${encodeURIComponent(sessionId)}/window`),
    close: (sessionId: string) => post<Session>(`/payments/sessions/${encodeURIComponent(sessionId)}/close`),
    /** Tell the server to ask PortOne. The browser's data only helps to find the order. With `closed`, the window reported
     * that nothing was paid: the order can be paid again as soon as PortOne has said the same. */
    verify: (known: Known, closed = false) =>
      post<Session>("/payments/verify", closed ? { ...known, closed } : known),

    /** Resolves when the session differs from `etag`, or after a while; at once with `atOnce`. */
    look: async (sessionId: string, etag: string | null, signal: AbortSignal, atOnce = etag === null): Promise<Look> => {
      const response = await send({
        path: `/payments/sessions/${encodeURIComponent(sessionId)}?wait=${atOnce ? 0 : LONG_POLL}`,
        headers: etag === null ? {} : { "If-None-Match": etag },
        timeout: (LONG_POLL + 15) * 1000,
        signal,
      });
      return {
        session: response.status === 304 ? null : ((await response.json()) as Session),
        etag: response.headers.get("ETag"),
        rest: seconds(response),
      };
    },

    payment: (paymentId: string) => read<FullPayment>(`/payments/${encodeURIComponent(paymentId)}`),
    cancel: (paymentId: string, wish: CancelWish, key: string) =>
      post<FullPayment>(`/payments/${encodeURIComponent(paymentId)}/cancel`, wish, key),
    /** Take back a return request that the shop has not decided yet. */
    withdraw: (paymentId: string, cancellationId: string, key: string) =>
      post<FullPayment>(
        `/payments/${encodeURIComponent(paymentId)}/cancellations/${encodeURIComponent(cancellationId)}/withdraw`,
        undefined,
        key,
      ),
    history: (filter: HistoryFilter = {}) => read<HistoryPage>(`/me/payments?${query(filter)}`),
    inventory: async () => (await read<{ items: Owned[] }>("/me/inventory")).items,
    me: () => read<User>("/me"),
    /** The buyer's data of their own last order, as the buyer sent it; null if there is none. */
    lastBuyer: async () => (await read<{ buyer: Buyer | null }>("/me/buyer")).buyer,

    register: (username: string, password: string) => open<User>("/auth/register", { username, password }),
    /** With `cookie` the refresh token is put into a cookie, for pages of pitturu's own origin (`CookieLogin`). */
    login: (username: string, password: string, more: LoginOptions = {}) =>
      open<Tokens>("/auth/login", { username, password, ...more }, more.cookie),
    logout: (refreshToken: string) => open<unknown>("/auth/logout", { refresh_token: refreshToken }),

    logins: async () => (await read<{ items: OwnLogin[] }>("/auth/logins")).items,
    endLogin: (loginId: string) => change<unknown>("DELETE", `/auth/logins/${encodeURIComponent(loginId)}`),
    endOtherLogins: () => change<{ ended: number }>("DELETE", "/auth/logins"),
    changePassword: (password: string, newPassword: string) =>
      change<{ ended: number }>("POST", "/auth/password", { password, new_password: newPassword }),

    secondFactor: () => read<Factor>("/auth/totp"),
    beginSecondFactor: (password: string) => change<Enrolment>("POST", "/auth/totp", { password }),
    confirmSecondFactor: async (code: string) =>
      (await change<{ recovery_codes: string[] }>("POST", "/auth/totp/confirm", { code })).recovery_codes,
    endSecondFactor: (password: string, code: string) => change<unknown>("DELETE", "/auth/totp", { password, code }),
  };
}

export type PaymentService = ReturnType<typeof createPaymentService>;

function query(filter: object): string {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined && value !== "");
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

/** Retries temporary failures. Waits as long as the server asks for, and throws in the end. */
async function insisting<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const endless = new AbortController().signal;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = await unlessReconnected(work, endless);
      if (result !== null) return result;
    } catch (problem) {
      const hopeless = !(problem instanceof Problem) || !problem.passing || problem.status === 429;
      if (hopeless || attempt >= TRIES) throw problem;
      await pause(problem.retryAfter ?? backoff(attempt), endless);
    }
  }
}
