import { useState } from "react";

import { AddedNote, useAdding } from "./parts/AddToCart.js";
import { leaveFor, named, REDIRECT_URL, useResumed } from "./parts/checkout.js";
import { Frame } from "./parts/Frame.js";
import { Picture } from "./parts/Picture.js";
import { login, loginAddress, service } from "./parts/services.js";
import { show } from "./parts/show.js";
import { stockText } from "./parts/stock.js";
import { useLoaded } from "./parts/useLoaded.js";
import { Alert, ProblemAlert } from "../components/Alert.js";
import { Button, ButtonLink } from "../components/Button.js";
import { PaymentModal } from "../components/PaymentModal.js";
import { usePortOnePayment } from "../hooks/usePortOnePayment.js";
import { useWords } from "../i18n/language.js";
import { asProblem } from "../services/problem.js";
import type { Item } from "../types/payment.js";

const ITEM_ID = location.pathname.split("/")[2] ?? "";

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
  const { add, ...note } = useAdding();
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
      <div className="pt-offer">
        {login.signedIn ? (
          <Button icon="card" wide disabled={soldOut} onClick={() => setOpen(true)}>
            {payment.session?.checkout ? words.actions.continue : soldOut ? words.shop.soldOut : words.shop.buy}
          </Button>
        ) : (
          <ButtonLink icon="person" href={loginAddress()}>
            {words.form.signIn}
          </ButtonLink>
        )}
        {item.stock !== 0 && (
          <Button kind="tonal" icon="cart" wide onClick={() => add(item)}>
            {words.cart.add}
          </Button>
        )}
      </div>
      <AddedNote {...note} />
      {!open && <ProblemAlert problem={payment.problem} />}
      <PaymentModal item={item} payment={payment} open={open} onClose={() => setOpen(false)} />
    </article>
  );
}

show(<ItemPage />);
