import { useCallback, useState } from "react";

import { AddedNote, AddToCart, useAdding } from "./parts/AddToCart.js";
import { Empty } from "./parts/Empty.js";
import { Frame } from "./parts/Frame.js";
import { known } from "./parts/known.js";
import { Bones } from "./parts/Loading.js";
import { Picture } from "./parts/Picture.js";
import { service } from "./parts/services.js";
import { show } from "./parts/show.js";
import { Stock } from "./parts/stock.js";
import { useLoaded } from "./parts/useLoaded.js";
import { Alert, ProblemAlert } from "../components/Alert.js";
import { Button, ButtonLink } from "../components/Button.js";
import { Icon } from "../components/Icon.js";
import { useWords } from "../i18n/language.js";
import { forgetAny, pending } from "../services/pending.js";
import { asProblem, type Problem } from "../services/problem.js";
import type { Catalogue, Item } from "../types/payment.js";

/** Which items to show: filters of the API, by their names in the address. The server reads that as well. */
const KINDS = {
  all: {},
  available: { in_stock: true },
  returnable: { returnable: true },
};

type Kind = keyof typeof KINDS;

const ON_A_PAGE = 24;
/** Items that are loaded at once, as many as the server puts into the page. */

const KNOWN = known<Catalogue>();

const page = (kind: Kind, after?: string) => service.items({ limit: ON_A_PAGE, ...KINDS[kind], ...(after && { after }) });

function Shop() {
  const words = useWords();
  const [kind, setKind] = useState(inAddress);
  const { value: first, problem } = useLoaded(
    useCallback(async () => ({ kind, ...(await page(kind)) }), [kind]),
    KNOWN && { kind, ...KNOWN },
  );
  const choose = (chosen: Kind) => {
    setKind(chosen);
    history.replaceState(null, "", chosen === "all" ? location.pathname : `?show=${chosen}`);
  };
  return (
    <Frame page="shop">
      <div className="pt-heading">
        <h1>{words.shop.heading}</h1>
        <p>{words.shop.lead}</p>
      </div>
      <Unfinished />
      <ProblemAlert problem={problem} />
      <Choices kind={kind} onChoose={choose} />
      {first === null ? (
        <Placeholders />
      ) : (
        <Goods key={first.kind} kind={first.kind} first={first} busy={first.kind !== kind && problem === null} onShowAll={() => choose("all")} />
      )}
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

interface GoodsProps {
  kind: Kind;
  first: Catalogue;
  /** Whether others are being loaded. */
  busy: boolean;
  onShowAll: () => void;
}

function Goods({ kind, first, busy, onShowAll }: GoodsProps) {
  const words = useWords();
  const [further, setFurther] = useState<readonly Catalogue[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [loading, setLoading] = useState(false);
  const { add, ...note } = useAdding();
  const next = (further.at(-1) ?? first).next;
  const items = [first, ...further].flatMap((one) => one.items);
  if (items.length === 0) return <Nothing all={kind === "all"} onShowAll={onShowAll} />;
  const showMore = async (after: string) => {
    setLoading(true);
    try {
      const more = await page(kind, after);
      setFurther((before) => [...before, more]);
      setProblem(null);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setLoading(false);
    }
  };
  return (
    <>
      <ul className="pt-goods" aria-busy={busy}>
        {items.map((item) => (
          <Good key={item.id} item={item} onAdd={add} />
        ))}
      </ul>
      <ProblemAlert problem={problem} />
      {next !== null && (
        <Button kind="tonal" wide busy={loading} onClick={() => void showMore(next)}>
          {words.shop.more}
        </Button>
      )}
      <AddedNote {...note} />
    </>
  );
}

/** A shop without items, or without any of the chosen kind. */
function Nothing({ all, onShowAll }: { all: boolean; onShowAll: () => void }) {
  const words = useWords();
  const others = (
    <Button kind="tonal" onClick={onShowAll}>
      {words.shop.showAll}
    </Button>
  );
  return (
    <Empty icon="shop" action={all ? <></> : others}>
      <p role="status">{all ? words.shop.empty : words.shop.noneSuch}</p>
    </Empty>
  );
}

function Choices({ kind, onChoose }: { kind: Kind; onChoose: (kind: Kind) => void }) {
  const words = useWords();
  return (
    <div className="pt-choices" role="group" aria-label={words.shop.choices}>
      {(Object.keys(KINDS) as Kind[]).map((one) => (
        <button key={one} type="button" className="pt-select-chip" aria-pressed={one === kind} onClick={() => onChoose(one)}>
          {one === kind && <Icon name="check" />}
          {words.shop.kinds[one]}
        </button>
      ))}
    </div>
  );
}

function inAddress(): Kind {
  const given = new URLSearchParams(location.search).get("show") ?? "";
  return given in KINDS ? (given as Kind) : "all";
}

function Good({ item, onAdd }: { item: Item; onAdd: (item: Item) => void }) {
  const words = useWords();
  return (
    <li className={item.stock === 0 ? "pt-card pt-good pt-sold-out" : "pt-card pt-good"}>
      <a className="pt-good-link" href={`/items/${item.id}`}>
        <Picture item={item} />
        <h2>{item.name}</h2>
        {item.description !== "" && <p className="pt-small pt-said">{item.description}</p>}
        <p className="pt-price">{words.won(item.price)}</p>
        <Stock item={item} />
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
        <li key={index} className="pt-card pt-good">
          <div className="pt-good-link">
            <span className="pt-tile" />
            <Bones lines={5} />
          </div>
          <span className="pt-bone" />
        </li>
      ))}
    </ul>
  );
}

show(<Shop />);
