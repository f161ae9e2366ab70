import { follow } from "./following.js";
import { methodOf, sameBasket } from "./order.js";
import type { Known, PaymentService } from "./paymentService.js";
import { forget, remember } from "./pending.js";
import { type CheckoutState, type Facts, NOTHING, stateOf } from "./phase.js";
import { loadScript } from "./portone.js";
import { asProblem, Problem } from "./problem.js";
import { backoff, pause } from "./waiting.js";
import type { Order, PayMethod, Session, WindowResult } from "../types/payment.js";

export interface CheckoutOptions {
  /** Where a phone's browser returns to after PortOne's page; PortOne appends its ids of order and attempt. */
  redirectUrl?: string;
  /** Which of PortOne's APIs to pay through; the shop's default if omitted. */
  generation?: Session["generation"];
  /** Of the payment window; the browser's if omitted. `speak` changes it. */
  language?: string;
  /** URL scheme of the shop's app, if the page is shown inside it: apps of card companies return there. */
  appScheme?: string;
  /** False on pages that only show the state: PortOne's script is not loaded, so `ready` is never reached. */
  paysHere?: boolean;
}

const LONGEST_WORDS = 200;
/** Characters of a PG's message that are shown. It comes through the browser, so it is untrusted. */

/** A checkout without any framework: call its methods, `subscribe`, read `state`. It stores no outcome of its own: the
state
 * always follows from the session.
 */
export class Checkout {
  readonly #service: PaymentService;
  readonly #options: CheckoutOptions;
  readonly #listeners = new Set<() => void>();
  #facts: Facts = NOTHING;
  #state: CheckoutState = stateOf(NOTHING);
  #following = new AbortController();
  #stopped = false;
  #intent: { order: string; key: string } | null = null;
  #language: string | undefined;

  constructor(service: PaymentService, options: CheckoutOptions = {}) {
    this.#service = service;
    this.#options = options;
    this.#language = options.language;
  }

  get state(): CheckoutState {
    return this.#state;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Open a session for this order, or continue the open one. The same order twice is one session; another payment
   * method keeps the session; another order closes the old one first, which releases its stock.
   */
  open = (order: Order): Promise<void> =>
    this.#exclusively(async () => {
      const before = this.#facts.session;
      if (before !== null && before.checkout !== null) {
        if (sameBasket(before, order)) return this.#changeMethod(before, order.pay_method);
        if (!(await this.#left(before))) return;
      }
      const { redirectUrl, generation, appScheme } = this.#options;
      const wanted = {
        ...order,
        ...(this.#language === undefined ? {} : { language: this.#language }),
        ...(appScheme === undefined ? {} : { app_scheme: appScheme }),
        ...(redirectUrl === undefined ? {} : { redirect_url: redirectUrl }),
        ...(generation === undefined ? {} : { generation }),
      };
      const text = JSON.stringify(wanted);
      if (this.#intent?.order !== text) this.#intent = { order: text, key: crypto.randomUUID() };
      const session = await this.#service.openSession(wanted, this.#intent.key);
      remember(session);
      this.#begin(session);
    });

  /** Continue a session after a reload, a redirect, or on another device. */
  resume = (sessionId: string): Promise<void> =>
    this.#exclusively(async () => this.#begin(await this.#patiently(() => this.#service.session(sessionId))));

  /** Continue after a redirect, where only PortOne's parameters in the URL identify the order. */
  comeBack = (known: Known): Promise<void> =>
    this.#exclusively(async () => this.#begin(await this.#patiently(() => this.#service.verify(known))));

  /** Pay the same order with another method. Reopens a declined session. */
  choose = (method: PayMethod): Promise<void> =>
    this.#exclusively(async () => {
      const { session } = this.#facts;
      if (session !== null) await this.#changeMethod(session, method);
    });

  /** The buyer reads another language now: a window that is not open yet will be in it. */
  speak = async (language: string | undefined): Promise<void> => {
    this.#language = language;
    const { session } = this.#facts;
    if (session === null || this.#state.phase !== "ready") return;
    await this.#exclusively(() => this.#changeMethod(session, methodOf(session)));
  };

  /** Opens PortOne's window. Call it inside the click; a second click finds the window open and does nothing. */
  pay = (): void => {
    const { session, script } = this.#facts;
    if (this.#state.phase !== "ready" || script === null || !session?.checkout) return;
    this.#set({ windowOpen: true, notice: null, problem: null });
    // Not awaited, or the click would be over; a lost report does no harm.
    void this.#service.openWindow(session.session_id).catch(() => undefined);
    try {
      script.open(session.checkout, (result) => void this.#returned(result));
    } catch (error) {
      this.#set({ windowOpen: false, notice: { code: "window_failed", words: cut(error) } });
    }
  };

  /** The buyer reports that the window is lost, or that they have paid: PortOne is asked. */
  check = (): Promise<void> => this.#ask(null);

  /** Close the checkout: the stock is released. False if the payment was faster, or the server is unavailable. */
  giveUp = async (): Promise<boolean> => {
    const { session } = this.#facts;
    if (session === null) return true;
    let left = false;
    await this.#exclusively(async () => {
      left = await this.#left(session);
    });
    return left;
  };

  /** Remove this checkout from the browser; the server keeps it. */
  reset = (): void => {
    this.#following.abort();
    if (this.#facts.session !== null) forget(this.#facts.session.session_id);
    this.#intent = null;
    this.#facts = { ...NOTHING, script: this.#facts.script };
    this.#set({});
  };

  /** Retry what failed: loading the script, or polling. */
  again = (): void => {
    const { session } = this.#facts;
    this.#set({ problem: null });
    if (session === null) return;
    void this.#load(session);
    this.#follow(session.session_id);
  };

  /** Continue after `stop`. */
  start = (): void => {
    this.#stopped = false;
    const { session } = this.#facts;
    if (session !== null && !session.settled && this.#following.signal.aborted) this.#follow(session.session_id);
  };

  /** Stop polling; for a page that is unmounted. */
  stop = (): void => {
    this.#stopped = true;
    this.#following.abort();
  };

  async #exclusively(work: () => Promise<void>): Promise<void> {
    if (this.#facts.opening) return;
    this.#set({ opening: true, problem: null });
    try {
      await work();
    } catch (thrown) {
      this.#set({ problem: asProblem(thrown) });
    } finally {
      this.#set({ opening: false });
    }
  }

  #begin(session: Session): void {
    this.#news(session);
    this.#follow(session.session_id);
  }

  async #changeMethod(session: Session, method: PayMethod): Promise<void> {
    const sameLanguage = this.#language === undefined || session.language === this.#language;
    const asItIs = session.checkout !== null && session.pay_method === method && sameLanguage;
    if (!asItIs) this.#begin(await this.#service.prepare(session.session_id, method, this.#language));
    this.#set({ notice: null });
  }

  /** Whether the session was closed without payment. A payment that arrived after all is shown instead. */
  async #left(session: Session): Promise<boolean> {
    this.#following.abort();
    let now = await this.#service.close(session.session_id);
    let etag: string | null = null;
    while (now.checkout !== null || !now.settled) {
      if (now.status === "awaiting_deposit") break;
      const look = await this.#service.look(session.session_id, etag, new AbortController().signal);
      now = look.session ?? now;
      etag = look.etag;
    }
    if (now.status === "expired") {
      forget(session.session_id);
      this.#facts = { ...NOTHING, script: this.#facts.script, opening: true };
      return true;
    }
    this.#begin(now);
    return false;
  }

  async #returned(result: WindowResult): Promise<void> {
    this.#set({ notice: result.failed ? { code: "window_refused", words: cut(result.words) } : null });
    await this.#ask(result.attempt);
  }

  /** Tell the server to ask PortOne, for as long as that takes: until then the outcome is unknown, not failed. */
  async #ask(attempt: string | null): Promise<void> {
    const { session, asking } = this.#facts;
    if (session === null || asking) return;
    this.#set({ windowOpen: false, asking: true });
    const known = named(session, attempt);
    try {
      const answer = await this.#patiently(() => this.#service.verify(known));
      this.#set({ asking: false });
      this.#begin(answer);
    } catch (thrown) {
      // Still asking, as far as anybody can tell: that nobody is signed in any more, say, is no outcome.
      this.#set({ problem: asProblem(thrown) });
    }
  }

  /** Retries while the server is unavailable, and reports that. Throws permanent errors, and when stopped. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await work();
        this.#set({ problem: null });
        return result;
      } catch (thrown) {
        const problem = asProblem(thrown);
        if (!problem.passing || this.#stopped) throw problem;
        this.#set({ problem });
        await pause(Math.max(problem.retryAfter ?? 0, backoff(attempt)), this.#following.signal);
      }
    }
  }

  #follow(sessionId: string): void {
    this.#following.abort();
    this.#following = new AbortController();
    const listener = {
      news: (session: Session) => this.#news(session),
      trouble: (problem: Problem | null) => this.#set({ problem }),
    };
    void follow(this.#service, sessionId, listener, this.#following.signal);
  }

  /** Responses may arrive out of order; older ones are ignored. */
  #news(session: Session): void {
    const known = this.#facts.session;
    const older =
      known?.session_id === session.session_id && Date.parse(session.updated_at) < Date.parse(known.updated_at);
    if (older) return;
    this.#set({ session });
    if (session.settled) forget(session.session_id);
    if (session.checkout !== null) void this.#load(session);
  }

  async #load(session: Session): Promise<void> {
    const { checkout } = session;
    if (checkout === null || this.#options.paysHere === false) return;
    if (this.#facts.script?.url === checkout.script_url) return;
    try {
      this.#set({ script: await loadScript(checkout) });
    } catch (thrown) {
      this.#set({ problem: asProblem(thrown) });
    }
  }

  #set(change: Partial<Facts>): void {
    this.#facts = { ...this.#facts, ...change };
    this.#state = stateOf(this.#facts);
    for (const listener of this.#listeners) listener();
  }
}

/** The ids of order and attempt under the names of the session's generation. */
function named({ generation, merchant_uid }: Session, attempt: string | null): Known {
  return generation === "v2"
    ? { payment_id: merchant_uid, ...(attempt === null ? {} : { transaction_id: attempt }) }
    : { merchant_uid, ...(attempt === null ? {} : { imp_uid: attempt }) };
}

function cut(words: unknown): string {
  return (words instanceof Error ? words.message : String(words ?? "")).slice(0, LONGEST_WORDS);
}
