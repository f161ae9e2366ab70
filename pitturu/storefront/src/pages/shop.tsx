import { useState } from "react";

import { AddedNote, AddToCart, useAdding } from "./parts/AddToCart.js";
import { Frame } from "./parts/Frame.js";
import { Picture } from "./parts/Picture.js";
import { service } from "./parts/services.js";
import { show } from "./parts/show.js";
import { stockText } from "./parts/stock.js";
import { useLoaded } from "./parts/useLoaded.js";
import { Alert, ProblemAlert } from "../components/Alert.js";
import { Button, ButtonLink } from "../components/Button.js";
import { useWords } from "../i18n/language.js";
import { forgetAny, pending } from "../services/pending.js";
import { asProblem, type Problem } from "../services/problem.js";
import type { Catalogue, Item } from "../types/payment.js";

const firstPage = () => service.items();

function Shop() {
  const words = useWords();
  const { value: first, problem } = useLoaded(firstPage);
  return (
    <Frame page="shop">
      <div className="pt-heading">
        <h1>{words.shop.heading}</h1>
        <p>{words.shop.lead}</p>
      </div>
      <Unfinished />
      <ProblemAlert problem={problem} />
      {first === null ? <Placeholders /> : <Goods first={first} />}
    </Frame>
  );
}

/** A checkout that is still open, perhaps from a closed tab. */
function Unfinished() {
  const words = useWords();
  const [left, setLeft] = useState(pending);
  if (left === null) return null;
  const dismiss = () => {
    forgetAny();
    setLeft(null);
  };
  return (
    <Alert kind="waiting">
      <p>{words.shop.pending}</p>
      <div className="pt-row">
        <ButtonLink kind="tonal" href={`/payment/waiting?session=${encodeURIComponent(left.session_id)}`}>
          {words.shop.resume}
        </ButtonLink>
        <Button kind="text" onClick={dismiss}>
          {words.shop.dismiss}
        </Button>
      </div>
    </Alert>
  );
}

function Goods({ first }: { first: Catalogue }) {
  const words = useWords();
  const [further, setFurther] = useState<readonly Catalogue[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const { add, ...note } = useAdding();
  const next = (further.at(-1) ?? first).next;
  const items = [first, ...further].flatMap((page) => page.items);
  if (items.length === 0) return <p>{words.shop.empty}</p>;
  const showMore = async (after: string) => {
    setBusy(true);
    try {
      const page = await service.items(after);
      setFurther((before) => [...before, page]);
      setProblem(null);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <ul className="pt-goods">
        {items.map((item) => (
          <Good key={item.id} item={item} onAdd={add} />
        ))}
      </ul>
      <ProblemAlert problem={problem} />
      {next !== null && (
        <Button kind="tonal" busy={busy} onClick={() => void showMore(next)}>
          {words.shop.more}
        </Button>
      )}
      <AddedNote {...note} />
    </>
  );
}

function Good({ item, onAdd }: { item: Item; onAdd: (item: Item) => void }) {
  const words = useWords();
  return (
    <li className="pt-card pt-good">
      <a className="pt-good-link" href={`/items/${item.id}`}>
        <Picture item={item} />
        <h2>{item.name}</h2>
        {item.description !== "" && <p className="pt-small pt-said">{item.description}</p>}
        <p className="pt-small">{stockText(words, item)}</p>
        <p className="pt-price">{words.won(item.price)}</p>
      </a>
      {item.stock !== 0 && <AddToCart item={item} onAdd={onAdd} />}
    </li>
  );
}

/** Has the size of the catalogue that is being loaded, which avoids layout shifts. */
function Placeholders() {
  return (
    <ul className="pt-goods" aria-busy="true">
      {Array.from({ length: 12 }, (_, index) => (
        <li key={index} className="pt-card pt-good pt-placeholder">
          <div className="pt-picture" />
        </li>
      ))}
    </ul>
  );
}

show(<Shop />);
