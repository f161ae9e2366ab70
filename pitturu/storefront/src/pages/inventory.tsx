import { Empty } from "./parts/Empty.js";
import { Frame } from "./parts/Frame.js";
import { Bones } from "./parts/Loading.js";
import { useOwnWords } from "./parts/ownWords.js";
import { Picture } from "./parts/Picture.js";
import { service } from "./parts/services.js";
import { show } from "./parts/show.js";
import { useLoaded } from "./parts/useLoaded.js";
import { ProblemAlert } from "../components/Alert.js";
import { useWords } from "../i18n/language.js";
import type { Item, Owned } from "../types/payment.js";

function Inventory() {
  const own = useOwnWords();
  const { value: owned, problem } = useLoaded(service.inventory);
  return (
    <Frame page="inventory">
      <div className="pt-heading">
        <h1>{own.inventory.heading}</h1>
      </div>
      <ProblemAlert problem={problem} />
      {owned !== null ? (
        <Things owned={owned} />
      ) : (
        problem === null && (
          <ul className="pt-purchases" aria-busy="true">
            {[1, 2, 3].map((line) => (
              <li key={line} className="pt-card">
                <Bones lines={2} />
              </li>
            ))}
          </ul>
        )
      )}
    </Frame>
  );
}

/** Of what is for sale, by the id of the item: the inventory knows names only. */
async function picturesForSale(): Promise<ReadonlyMap<string, Item>> {
  const { items } = await service.items();
  return new Map(items.map((item) => [item.id, item]));
}

function Things({ owned }: { owned: readonly Owned[] }) {
  const words = useWords();
  const own = useOwnWords();
  const { value: pictures } = useLoaded(picturesForSale);
  if (owned.length === 0) {
    return (
      <Empty icon="inventory">
        <p>{own.inventory.empty}</p>
      </Empty>
    );
  }
  return (
    <ul className="pt-purchases">
      {owned.map((thing) => (
        <li key={thing.item_id} className="pt-card pt-purchase-line pt-owned">
          <Picture item={pictures?.get(thing.item_id) ?? null} />
          <div>
            <h2>{thing.item_name}</h2>
            <p className="pt-small">{own.inventory.since(words.moment(new Date(thing.updated_at)))}</p>
          </div>
          <p className="pt-price">{words.pieces(thing.quantity)}</p>
        </li>
      ))}
    </ul>
  );
}

show(<Inventory />);
