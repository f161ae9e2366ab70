import { useEffect, useState } from "react";

import { Frame } from "./parts/Frame.js";
import { Picture } from "./parts/Picture.js";
import { login, loginAddress, service } from "./parts/services.js";
import { show } from "./parts/show.js";
import { stockText } from "./parts/stock.js";
import { useLoaded } from "./parts/useLoaded.js";
import { Alert, ProblemAlert } from "../components/Alert.js";
import { Button, ButtonLink } from "../components/Button.js";
import { PaymentModal } from "../components/PaymentModal.js";
import { type PortOnePayment, usePortOnePayment } from "../hooks/usePortOnePayment.js";
import { useWords } from "../i18n/language.js";
import { asProblem } from "../services/problem.js";
import type { Item, Session } from "../types/payment.js";

const ITEM_ID = location.pathname.split("/")[2] ?? "";
const REDIRECT_URL = `${location.origin}/payment/return`;

function ItemPage() {
  const words = useWords();
  const { value: item, problem } = useLoaded(offered);
  return (
    <Frame page="item">
      {item === null ? <div className="pt-card pt-item pt-placeholder" aria-busy={problem === null} /> : <Offer item={item} />}
      <ProblemAlert problem={problem}>
        <ButtonLink kind="text" href="/">
          {words.actions.toShop}
        </ButtonLink>
      </ProblemAlert>
    </Frame>
  );
}

/** The item. One that is not sold any more is shown as the buyer's open session has it, so that it can be paid. */
async function offered(): Promise<Item> {
  try {
    return await service.item(ITEM_ID);
  } catch (thrown) {
    const known = named("session");
    if (known === null || asProblem(thrown).status !== 404) throw thrown;
    const session = await service.session(known);
    if (session.item_id !== ITEM_ID) throw thrown;
    const { item_name: name, unit_price: price } = session;
    const unknown = { sku: null, description: "", image_url: null, tax_free: false };
    return { ...unknown, id: ITEM_ID, name, price, stock: 0, returnable: true };
  }
}

/** The item and its checkout. */
function Offer({ item }: { item: Item }) {
  const words = useWords();
  const payment = usePortOnePayment({ service, redirectUrl: REDIRECT_URL, onSettled: leaveFor });
  const [open, setOpen] = useState(() => named("session") !== null);
  useResumed(payment);
  const soldOut = item.stock === 0 && payment.session === null;
  return (
    <article className="pt-card pt-item">
      <Picture item={item} />
      <h1>{item.name}</h1>
      {item.description !== "" && <p>{item.description}</p>}
      <p className="pt-small">{stockText(words, item)}</p>
      <p className="pt-price">{words.won(item.price)}</p>
      {!item.returnable && <Alert kind="info">{words.shop.notReturnable}</Alert>}
      {login.signedIn ? (
        <Button icon="card" wide disabled={soldOut} onClick={() => setOpen(true)}>
          {payment.session?.checkout ? words.actions.continue : soldOut ? words.shop.soldOut : words.shop.buy}
        </Button>
      ) : (
        <ButtonLink icon="person" href={loginAddress()}>
          {words.form.signIn}
        </ButtonLink>
      )}
      {!open && <ProblemAlert problem={payment.problem} />}
      <PaymentModal item={item} payment={payment} open={open} onClose={() => setOpen(false)} />
    </article>
  );
}

/** Keeps the session in the URL, so that a reload continues it, and redirects to the result when there is one. */
function useResumed(payment: PortOnePayment): void {
  const { session, phase, problem, resume } = payment;
  useEffect(() => {
    const known = named("session");
    if (known !== null) void resume(known);
  }, [resume]);
  useEffect(() => {
    if (session !== null) history.replaceState(null, "", addressOf(session));
  }, [session?.session_id]);
  useEffect(() => {
    if (session !== null && phase === "deposit") leave("waiting", session);
  }, [phase]);
  useEffect(() => {
    // The URL contains the session, so the buyer can return to it; a page with an open window of PortOne is not left.
    if (problem?.code === "signed_out" && phase !== "window") location.replace(loginAddress());
  }, [problem, phase]);
}

/** A declined payment stays here: the buyer may try again at once. Every other result has its own page. */
function leaveFor(session: Session): void {
  if (session.status === "paid" || session.status === "partially_cancelled") leave("success", session);
  else if (session.status !== "failed") leave("fail", session);
}

function leave(view: "success" | "waiting" | "fail", session: Session): void {
  location.assign(`/payment/${view}?session=${encodeURIComponent(session.session_id)}`);
}

function addressOf(session: Session): string {
  return `${location.pathname}?session=${encodeURIComponent(session.session_id)}`;
}

function named(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}

show(<ItemPage />);
