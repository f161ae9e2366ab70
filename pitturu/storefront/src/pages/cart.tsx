import { useEffect, useMemo, useRef, useState } from "react";

import { CartList } from "./parts/CartList.js";
import { orderable, type ShownLine, shownLines, useItems } from "./parts/cartItems.js";
import { leaveFor, named, POSTCODE_PAGE, REDIRECT_URL, useResumed } from "./parts/checkout.js";
import { Empty } from "./parts/Empty.js";
import { Frame } from "./parts/Frame.js";
import { Bones } from "./parts/Loading.js";
import { login, loginAddress, service } from "./parts/services.js";
import { show } from "./parts/show.js";
import { useBought, useCart } from "./parts/useCart.js";
import { Alert, ProblemAlert } from "../components/Alert.js";
import { Button, ButtonLink } from "../components/Button.js";
import { PaymentModal } from "../components/PaymentModal.js";
import { type PortOnePayment, usePortOnePayment } from "../hooks/usePortOnePayment.js";
import { useWords } from "../i18n/language.js";
import { forgetOrder, openedOrders, rememberOrder, takeOutBought } from "../services/cart.js";
import { hasLines } from "../services/order.js";
import { asProblem } from "../services/problem.js";
import type { CheckoutLine, Session } from "../types/payment.js";

function CartPage() {
  const words = useWords();
  const cart = useCart();
  const [open, setOpen] = useState(() => named("session") !== null);
  // An order that ends while nobody looks at it changes the cart, but does not take the buyer elsewhere.
  const payment = usePortOnePayment({
    service,
    redirectUrl: REDIRECT_URL,
    onSettled: (settled) => (open ? leaveFor(settled) : payment.reset()),
  });
  const { value: items, problem, refresh } = useItems(cart.map((line) => line.item_id));
  const [wanted, setWanted] = useState<readonly CheckoutLine[] | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const { session } = payment;
  useResumed(payment);
  useEarlier(payment);
  useBought(session);
  useEffect(() => {
    if (session !== null && wanted !== null) rememberOrder(session.session_id);
  }, [session?.session_id, wanted]);
  useChange([session?.session_id, session?.checkout === null, payment.problem?.code].join(), refresh);
  const shown = useMemo(() => shownLines(cart, items ?? new Map(), session), [cart, items, session]);
  const loading = items === null && cart.length > 0;
  const checkOut = (lines: readonly CheckoutLine[]) => {
    setWanted(lines);
    setOpen(true);
  };
  return (
    <Frame page="cart">
      <div className="pt-heading">
        <h1 ref={heading} tabIndex={-1}>
          {words.cart.heading}
        </h1>
        {cart.length > 0 && <p>{words.cart.count(cart.length)}</p>}
      </div>
      <ProblemAlert problem={problem ?? (open ? null : payment.problem)} />
      {loading ? (
        <Placeholders count={cart.length} busy={problem === null} />
      ) : (
        <CartList lines={shown} onEmptied={() => heading.current?.focus()} />
      )}
      {cart.length === 0 ? <EmptyCart /> : !loading && <Total lines={shown} session={session} onCheckOut={checkOut} />}
      <PaymentModal
        lines={wanted ?? linesOf(session)}
        payment={payment}
        postcodePage={POSTCODE_PAGE}
        open={open && (wanted !== null || session !== null)}
        onClose={() => setOpen(false)}
      />
    </Frame>
  );
}

/** Has the size of the lines that are being loaded, which avoids layout shifts. */
function Placeholders({ count, busy }: { count: number; busy: boolean }) {
  return (
    <ul className="pt-cart" aria-busy={busy}>
      {Array.from({ length: count }, (_, index) => (
        <li key={index} className="pt-card pt-cart-line">
          <span className="pt-tile" />
          <Bones />
        </li>
      ))}
    </ul>
  );
}

function EmptyCart() {
  const words = useWords();
  return (
    <Empty icon="cart">
      <p>{words.cart.empty}</p>
    </Empty>
  );
}

interface TotalProps {
  lines: readonly ShownLine[];
  session: Session | null;
  onCheckOut: (lines: readonly CheckoutLine[]) => void;
}

/** The sum of what can be ordered, and the way to the checkout, once every quantity can be had. */
function Total({ lines, session, onCheckOut }: TotalProps) {
  const words = useWords();
  const [blocked, setBlocked] = useState(false);
  const wanted = orderable(lines);
  useEffect(() => setBlocked(false), [lines]);
  if (wanted.length === 0) return <Alert kind="info">{words.cart.unavailable}</Alert>;
  const check = () => {
    const wrong = document.querySelector<HTMLElement>(".pt-cart [aria-invalid], .pt-cart-fix");
    wrong?.focus();
    if (wrong) setBlocked(true);
    else onCheckOut(wanted);
  };
  const continues = session !== null && session.checkout !== null && hasLines(session, wanted);
  return (
    <section className="pt-card pt-cart-total">
      <p className="pt-total pt-cart-sum">
        <span>{words.cart.total}</span>
        <output>{words.won(wanted.reduce((sum, line) => sum + line.unit_price * line.quantity, 0))}</output>
      </p>
      {blocked && <Alert kind="error">{words.cart.fix}</Alert>}
      {login.signedIn ? (
        <Button icon="card" wide onClick={check}>
          {continues ? words.actions.continue : words.cart.checkOut(wanted.length)}
        </Button>
      ) : (
        <ButtonLink icon="person" wide href={loginAddress()}>
          {words.cart.signIn}
        </ButtonLink>
      )}
    </section>
  );
}

/** An order that was made from this cart before and is still open is continued; what was bought meanwhile leaves it. */
function useEarlier({ resume }: PortOnePayment): void {
  useEffect(() => {
    if (!login.signedIn || named("session") !== null) return;
    void (async () => {
      const states = await Promise.all(openedOrders().map(lookAt));
      const unpaid = states.findLast((session) => session !== null && session.checkout !== null);
      if (unpaid) await resume(unpaid.session_id);
    })();
  }, [resume]);
}

/** How an earlier order is now; null if that cannot be read. One that can never be paid is forgotten. */
async function lookAt(id: string): Promise<Session | null> {
  try {
    const session = await service.session(id);
    takeOutBought(session);
    if (session.checkout === null && session.settled && session.status !== "failed") forgetOrder(id);
    return session;
  } catch (thrown) {
    // 404: it belongs to another buyer than the one who is logged in now.
    if (asProblem(thrown).status === 404) forgetOrder(id);
    return null;
  }
}

/**
 * Calls `refresh` when the state of an order differs from the one before: an order takes pieces from the stock, its end
 * returns them, and a refusal says that the stock has changed.
 */
function useChange(state: string, refresh: () => void): void {
  const before = useRef(state);
  useEffect(() => {
    if (before.current !== state) refresh();
    before.current = state;
  }, [state, refresh]);
}

function linesOf(session: Session | null): readonly CheckoutLine[] {
  return session === null ? [] : session.lines.map((line) => ({ ...line, returnable: true }));
}

show(<CartPage />);
