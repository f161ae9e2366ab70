import { useState } from "react";

import { Button } from "../../components/Button.js";
import { Icon } from "../../components/Icon.js";
import { useWords } from "../../i18n/language.js";
import { type Addition, addToCart } from "../../services/cart.js";
import type { Item } from "../../types/payment.js";

interface Added {
  item: Item;
  what: Addition;
  /** Counts the additions, so that the same one is announced again. */
  time: number;
}

interface Adding {
  add: (item: Item) => void;
  added: Added | null;
  close: () => void;
}

/** Adds items to the cart, with the last result for `AddedNote`. */
export function useAdding(): Adding {
  const [added, setAdded] = useState<Added | null>(null);
  const add = (item: Item) => setAdded((before) => ({ item, what: addToCart(item), time: (before?.time ?? 0) + 1 }));
  return { add, added, close: () => setAdded(null) };
}

/** What became of the last item that was added. The region is always there, so that screen readers announce its text. */
export function AddedNote({ added, close }: Omit<Adding, "add">) {
  const words = useWords();
  return (
    <div className="pt-added" role="status">
      {added !== null && (
        <div key={added.time} className="pt-added-note" data-what={added.what}>
          <p>{added.what === "added" ? words.cart.added(added.item.name) : words.cart[added.what]}</p>
          <a href="/cart">{words.cart.open}</a>
          <button type="button" className="pt-icon-button" aria-label={words.cart.close} onClick={close}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}

/** The button on a card of the shop. */
export function AddToCart({ item, onAdd }: { item: Item; onAdd: (item: Item) => void }) {
  const words = useWords();
  return (
    <Button kind="tonal" icon="cart" label={words.cart.addNamed(item.name)} onClick={() => onAdd(item)}>
      {words.cart.addShort}
    </Button>
  );
}
