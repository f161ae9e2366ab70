import { follow } from "./following.js";
import { methodOf, receiptOf, sameBasket } from "./order.js";
import type { Known, Look, PaymentService } from "./paymentService.js";
import { forget, remember } from "./pending.js";
import { type CheckoutState, type Facts, NOTHING, stateOf } from "./phase.js";
import { loadScript } from "./portone.js";
import { isPressed, mayOpenWindow } from "./press.js";
import { asProblem, Problem } from "./problem.js";
import { backoff, pause } from "./waiting.js";
import type { Buyer, CashReceipt, CheckoutForm, Order, PayMethod, Session, WindowResult } from "../types/payment.js";

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
  #running = new AbortController();
  #intent: { order: string; key: string } | null = null;
  #language: string | undefined;
  #receipt: string | undefined;
  /** The cash receipt that the present session was asked for, as JSON. */

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
      if (before !== null && (before.checkout !== null || this.#mayReopen(before))) {
        if (sameBasket(before, order)) return this.#changeMethod(before, order.pay_method, order);
        if (before.checkout !== null && !(await this.#left(before))) return;
      }
      const { redirectUrl, generation, appScheme } = this.#options;
      const wanted = {
        ...order,
        cash_receipt: receiptOf(order),
        ...(this.#language === undefined ? {} : { language: this.#language }),
        ...(appScheme === undefined ? {} : { app_scheme: appScheme }),
        ...(redirectUrl === undefined ? {} : { redirect_url: redirectUrl }),
        ...(generation === undefined ? {} : { generation }),
      };
      const text = JSON.stringify(wanted);
      if (this.#intent?.order !== text) this.#intent = { order: text, key: crypto.randomUUID() };
      const { key } = this.#intent;
      const session = await this.#reaching(() => this.#service.openSession(wanted, key));
      this.#intent = null;
      this.#receipt = JSON.stringify(wanted.cash_receipt);
      remember(session);
      this.#begin(session);
    });

  /** The buyer presses the pay button, which says `amount` in won: opens or continues the session for this order, then
   * PortOne's window. Call it inside the click. If everything is ready already, the window opens at once; else as soon as it
   * is, if the browser still counts that as the click. If not, or if the order costs something else, the phase is `ready`,
   * and the next press opens the window at once. A second press meanwhile does nothing.
   */
  submit = async (order: Order, amount: number): Promise<void> => {
    if (this.#state.busy) return;
    const press = { order, amount, at: Date.now() };
    const { session } = this.#facts;
    const same = session !== null && sameBasket(session, order) && isPressed(session, press) && session.amount === amount;
    const asked = this.#isAsked(receiptOf(order));
    if (same && asked && this.#state.phase === "ready" && this.#isSpoken(session)) return this.pay();
    this.#facts = { ...this.#facts, press };
    await this.open(order);
    if (this.#facts.session !== null) void this.#load(this.#facts.session);
  };

  /** No window opens by itself any more; for a checkout that the buyer has left. */
  hold = (): void => {
    if (this.#facts.press !== null) this.#set({ press: null });
  };

  /** The buyer's data of their last order, for a form; null if there is none or it cannot be read. */
  lastBuyer = (): Promise<Buyer | null> => this.#service.lastBuyer().catch(() => null);

  /** What the form asks for besides the order; null if that cannot be read. */
  form = (): Promise<CheckoutForm | null> => this.#service.checkoutForm().catch(() => null);

  /** Continue a session after a reload, a redirect, or on another device. Reopens a declined one. `closed` says that the
   * buyer has just returned from a window without having paid.
   */
  resume = (sessionId: string, closed = false): Promise<void> =>
    this.#exclusively(async () => {
      if (closed) this.#set({ notice: { code: "window_refused", words: "" } });
      const session = await this.#patiently(() => this.#service.session(sessionId));
      if (this.#mayReopen(session)) await this.#reopen(session);
      else this.#begin(session);
    });

  /** Continue after a redirect, where only PortOne's parameters in the URL identify the order. `closed` says that they
   * report no payment.
   */
  comeBack = (known: Known, closed = false): Promise<void> =>
    this.#exclusively(async () => this.#begin(await this.#patiently(() => this.#service.verify(known, closed))));

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
    this.#set({ windowOpen: true, returned: false, notice: null, problem: null });
    // Not awaited, or the click would be over; a lost report does no harm.
    void this.#service.openWindow(session.session_id).catch(() => undefined);
    try {
      script.open(session.checkout, (result) => void this.#returned(result));
    } catch (error) {
      this.#set({ windowOpen: false, notice: { code: "window_failed", words: cut(error) } });
    }
  };

  /** The buyer reports that the window is lost, or that they have paid: PortOne is asked. */
  check = (): Promise<void> => this.#ask(null, false);

  /** Close the checkout: the stock is released. False if the payment was faster, or the server is unavailable. */
  giveUp = async (): Promise<boolean> => {
    this.hold();
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
    if (this.#running.signal.aborted) this.#running = new AbortController();
    const { session } = this.#facts;
    if (session !== null && !session.settled && this.#following.signal.aborted) this.#follow(session.session_id);
  };

  /** Stop polling; for a page that is unmounted. */
  stop = (): void => {
    this.hold();
    this.#running.abort();
    this.#following.abort();
  };

  async #exclusively(work: () => Promise<void>): Promise<void> {
    if (this.#facts.opening) return;
    this.#set({ opening: true, problem: null });
    try {
      await work();
    } catch (thrown) {
      this.#set({ problem: asProblem(thrown), press: null });
    } finally {
      this.#set({ opening: false });
    }
  }

  #begin(session: Session): void {
    this.#news(session);
    this.#follow(session.session_id);
  }

  async #changeMethod(session: Session, method: PayMethod, order?: Order): Promise<void> {
    const receipt = order && receiptOf(order);
    const asItIs = session.checkout !== null && methodOf(session) === method && this.#isSpoken(session) && this.#isAsked(receipt);
    const prepare = () => this.#service.prepare(session.session_id, method, this.#language, receipt);
    if (!asItIs) {
      this.#begin(await this.#reaching(prepare));
      if (receipt !== undefined) this.#receipt = JSON.stringify(receipt);
    }
    this.#set({ returned: false, notice: null });
  }

  /** Whether the server knows that this receipt is wanted. */
  #isAsked(receipt: CashReceipt | undefined): boolean {
    return receipt === undefined || JSON.stringify(receipt) === this.#receipt;
  }

  /** Whether the window will be in the language that the buyer reads. */
  #isSpoken(session: Session): boolean {
    return this.#language === undefined || session.language === this.#language;
  }

  /** Whether the buyer may try again what was declined, as far as this browser knows. */
  #mayReopen(session: Session): boolean {
    const timeLeft = Date.parse(session.expires_at) > Date.now();
    return this.#options.paysHere !== false && session.status === "failed" && session.settled && timeLeft;
  }

  /** Opens the window for the buyer's press once everything is ready, unless the browser would refuse or the price differs. */
  #continue(): void {
    const { press, opening, session } = this.#facts;
    const { phase } = this.#state;
    if (press === null || opening || phase === "preparing") return;
    const wanted = phase === "ready" && session !== null && isPressed(session, press);
    const otherPrice = wanted && session.amount !== press.amount;
    this.#set({ press: null, ...(otherPrice ? { notice: { code: "price_changed", words: "" } } : {}) });
    if (wanted && !otherPrice && mayOpenWindow(press)) this.pay();
  }

  /** Makes a declined session payable again, so that one click is enough for it, and says why it was declined. */
  async #reopen(declined: Session): Promise<void> {
    const notice = { code: "declined", words: cut(declined.fail_reason), message: declined.message } as const;
    try {
      this.#begin(await this.#patiently(() => this.#service.prepare(declined.session_id)));
      this.#set({ notice });
    } catch (thrown) {
      this.#set({ session: declined, notice: null });
      throw thrown;
    }
  }

  /** Whether the session was closed without payment. A payment that arrived after all is shown instead. */
  async #left(session: Session): Promise<boolean> {
    this.#following.abort();
    let now = await this.#reaching(() => this.#service.close(session.session_id));
    let etag: string | null = null;
    while (now.checkout !== null || !now.settled) {
      if (now.status === "awaiting_deposit") break;
      const look: Look = await this.#reaching(() => this.#service.look(session.session_id, etag, this.#running.signal));
      now = look.session ?? now;
      etag = look.etag;
    }
    if (now.status === "expired") {
      forget(session.session_id);
      this.#facts = { ...NOTHING, script: this.#facts.script, press: this.#facts.press, opening: true };
      return true;
    }
    this.#begin(now);
    return false;
  }

  async #returned(result: WindowResult): Promise<void> {
    this.#set({ notice: result.failed ? { code: "window_refused", words: cut(result.words) } : null });
    await this.#ask(result.attempt, result.failed);
  }

  /** Tell the server to ask PortOne, for as long as that takes: until then the outcome is unknown, not failed. */
  async #ask(attempt: string | null, closed: boolean): Promise<void> {
    const { session, asking } = this.#facts;
    if (session === null || asking) return;
    this.#set({ windowOpen: false, asking: true, returned: true });
    const known = named(session, attempt);
    try {
      const answer = await this.#patiently(() => this.#service.verify(known, closed));
      this.#set({ asking: false });
      this.#begin(answer);
    } catch (thrown) {
      // Still asking, as far as anybody can tell: that nobody is signed in any more, say, is no outcome.
      this.#set({ problem: asProblem(thrown) });
    }
  }

  /** Retries what did not reach the server, and reports that. Throws what the server says. */
  #reaching<T>(work: () => Promise<T>): Promise<T> {
    return this.#patiently(work, (problem) => problem.status === 0);
  }

  /** Retries while the server is unavailable, and reports that. Throws permanent errors, and when stopped. */
  async #patiently<T>(work: () => Promise<T>, retried = (_: Problem) => true): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await work();
        this.#set({ problem: null });
        return result;
      } catch (thrown) {
        const problem = asProblem(thrown);
        if (!problem.passing || !retried(problem) || this.#running.signal.aborted) throw problem;
        this.#set({ problem });
        await pause(Math.max(problem.retryAfter ?? 0, backoff(attempt)), this.#running.signal);
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
    if (this.#facts.returned && session.settled) void this.#settled(session);
  }

  /** PortOne has answered after the window: what was declined is reopened, and everything else is final. */
  async #settled(session: Session): Promise<void> {
    if (this.#mayReopen(session)) await this.#exclusively(() => this.#reopen(session));
    this.#set({ returned: false });
  }

  async #load(session: Session): Promise<void> {
    const { checkout } = session;
    if (checkout === null || this.#options.paysHere === false) return;
    if (this.#facts.script?.url === checkout.script_url) return;
    try {
      this.#set({ script: await this.#patiently(() => loadScript(checkout)) });
    } catch (thrown) {
      this.#set({ problem: asProblem(thrown), press: null });
    }
  }

  #set(change: Partial<Facts>): void {
    this.#facts = { ...this.#facts, ...change };
    this.#state = stateOf(this.#facts);
    for (const listener of this.#listeners) listener();
    this.#continue();
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
