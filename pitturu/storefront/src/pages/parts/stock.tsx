import { useWords } from "../../i18n/language.js";
import type { Item } from "../../types/payment.js";

const FEW = 5;
/** Pieces that are so few that a buyer should know. */

/** How much of an item there is. */
export function Stock({ item: { stock } }: { item: Pick<Item, "stock"> }) {
  const words = useWords();
  if (stock === null) return <p className="pt-small">{words.shop.unlimited}</p>;
  if (stock === 0) {
    return (
      <p className="pt-small">
        <span className="pt-chip">{words.shop.soldOut}</span>
      </p>
    );
  }
  return <p className={stock <= FEW ? "pt-small pt-few" : "pt-small"}>{words.shop.left(stock)}</p>;
}
