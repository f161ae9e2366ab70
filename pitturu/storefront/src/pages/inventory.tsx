import { Frame } from "./parts/Frame.js";
import { service } from "./parts/services.js";
import { show } from "./parts/show.js";
import { useLoaded } from "./parts/useLoaded.js";
import { ProblemAlert } from "../components/Alert.js";
import { ButtonLink } from "../components/Button.js";
import { useWords } from "../i18n/language.js";
import type { Owned } from "../types/payment.js";

function Inventory() {
  const words = useWords();
  const { value: owned, problem } = useLoaded(service.inventory);
  return (
    <Frame page="inventory">
      <div className="pt-heading">
        <h1>{words.inventory.heading}</h1>
      </div>
      <ProblemAlert problem={problem} />
      {owned === null ? <div className="pt-card pt-placeholder" aria-busy={problem === null} /> : <Things owned={owned} />}
    </Frame>
  );
}

function Things({ owned }: { owned: readonly Owned[] }) {
  const words = useWords();
  if (owned.length === 0) {
    return (
      <div className="pt-card pt-empty">
        <p>{words.inventory.empty}</p>
        <ButtonLink kind="tonal" href="/">
          {words.actions.toShop}
        </ButtonLink>
      </div>
    );
  }
  return (
    <ul className="pt-goods">
      {owned.map((thing) => (
        <li key={thing.item_id} className="pt-card pt-good">
          <h2>{thing.item_name}</h2>
          <p className="pt-price">{words.pieces(thing.quantity)}</p>
          <p className="pt-small">{words.inventory.since(words.moment(new Date(thing.updated_at)))}</p>
        </li>
      ))}
    </ul>
  );
}

show(<Inventory />);
