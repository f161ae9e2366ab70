import { useEffect, useState } from "react";

import { AddedNote, useAdding } from "./parts/AddToCart.js";
import { leaveFor, named, POSTCODE_PAGE, REDIRECT_URL, useResumed } from "./parts/checkout.js";
import { Empty } from "./parts/Empty.js";
import { Frame } from "./parts/Frame.js";
import { known } from "./parts/known.js";
import { Bones } from "./parts/Loading.js";
import { Picture } from "./parts/Picture.js";
import { login, loginAddress, service } from "./parts/services.js";
import { show } from "./parts/show.js";
import { Stock } from "./parts/stock.js";
import { useLoaded } from "./parts/useLoaded.js";
import { Alert, ProblemAlert } from "../components/Alert.js";
import { Button, ButtonLink } from "../components/Button.js";
import { PaymentModal } from "../components/PaymentModal.js";
import { usePortOnePayment } from "../hooks/usePortOnePayment.js";
import { problemText, useWords } from "../i18n/language.js";
import { asProblem, type Problem } from "../services/problem.js";
import type { Item } from "../types/payment.js";

const KNOWN = known<Item>();
const ITEM_ID = location.pathname.split("/")[2] ?? "";

function ItemPage() {
  const { value: item, problem, reload } = useLoaded(offered, KNOWN);
  return (
    <Frame page="item">
      {problem?.status === 404 ? <Gone problem={problem} /> : <ProblemAlert problem={problem} />}
      {item !== null ? (
        <Offer item={item} reload={reload} />
      ) : (
        problem === null && (
          <div className="pt-item" aria-busy="true">
            <span className="pt-tile" />
            <Bones lines={6} />
          </div>
        )
      )}
    </Frame>
  );
}

/** An item that is not sold any more, or never was. */
function Gone({ problem }: { problem: Problem }) {
  const words = useWords();
  return (
    <Empty icon="shop">
      <p role="alert">{problemText(words, problem)}</p>
    </Empty>
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

/** The item and its checkout. The pieces that an order releases are on sale again. */
function Offer({ item, reload }: { item: Item; reload: () => void }) {
  const words = useWords();
  const payment = usePortOnePayment({ service, redirectUrl: REDIRECT_URL, onSettled: leaveFor });
  const [open, setOpen] = useState(() => named("session") !== null);
  const { add, ...note } = useAdding();
  useResumed(payment);
  const ordered = payment.session !== null;
  useEffect(() => (ordered ? reload : undefined), [ordered, reload]);
  const soldOut = item.stock === 0 && !ordered;
  return (
    <article className={soldOut ? "pt-item pt-sold-out" : "pt-item"}>
      <Picture item={item} />
      <div className="pt-item-about">
        <h1>{item.name}</h1>
        <p className="pt-price">{words.won(item.price)}</p>
        {item.description !== "" && <p>{item.description}</p>}
        <Stock item={item} />
        {!open && <ProblemAlert problem={payment.problem} />}
        {!item.returnable && <Alert kind="info">{words.shop.notReturnable}</Alert>}
        <div className="pt-offer">
          {login.signedIn || soldOut ? (
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
      </div>
      <AddedNote {...note} />
      <PaymentModal item={item} payment={payment} postcodePage={POSTCODE_PAGE} open={open} onClose={() => setOpen(false)} />
    </article>
  );
}

show(<ItemPage />);
