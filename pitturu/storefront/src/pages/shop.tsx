import { useState } from "react";

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
import type { Item } from "../types/payment.js";

function Shop() {
  const words = useWords();
  const { value: items, problem } = useLoaded(service.items);
  return (
    <Frame page="shop">
      <div className="pt-heading">
        <h1>{words.shop.heading}</h1>
        <p>{words.shop.lead}</p>
      </div>
      <Unfinished />
      <ProblemAlert problem={problem} />
      {items === null ? <Placeholders /> : <Goods items={items} />}
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

function Goods({ items }: { items: readonly Item[] }) {
  const words = useWords();
  if (items.length === 0) return <p>{words.shop.empty}</p>;
  return (
    <ul className="pt-goods">
      {items.map((item) => (
        <li key={item.id}>
          <a className="pt-card pt-good" href={`/items/${item.id}`}>
            <Picture item={item} />
            <h2>{item.name}</h2>
            {item.description !== "" && <p className="pt-small pt-said">{item.description}</p>}
            <p className="pt-small">{stockText(words, item)}</p>
            <p className="pt-price">{words.won(item.price)}</p>
          </a>
        </li>
      ))}
    </ul>
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
