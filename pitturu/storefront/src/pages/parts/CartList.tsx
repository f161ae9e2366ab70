import { type ReactNode, useEffect, useRef, useState } from "react";

import type { ShownLine } from "./cartItems.js";
import { Picture } from "./Picture.js";
import { Alert } from "../../components/Alert.js";
import { Button } from "../../components/Button.js";
import { Icon } from "../../components/Icon.js";
import { Quantity } from "../../components/Quantity.js";
import { useWords, type Words } from "../../i18n/language.js";
import { putBack, removeFromCart, setQuantity } from "../../services/cart.js";
import { checkQuantity, MOST_PIECES } from "../../services/validation.js";

interface Removed {
  line: ShownLine;
  place: number;
}

interface CartListProps {
  lines: readonly ShownLine[];
  /** Takes the focus when there is no line left. */
  onEmptied: () => void;
}

/** The lines of the cart. A removed one can be put back. */
export function CartList({ lines, onEmptied }: CartListProps) {
  const words = useWords();
  const list = useRef<HTMLUListElement>(null);
  const [removed, setRemoved] = useState<Removed | null>(null);
  // The line whose button gets the focus as soon as it is there: the pressed button is not any more.
  const focused = useRef<string | null>(null);
  useEffect(() => {
    if (focused.current === null) return;
    const button = list.current?.querySelector<HTMLElement>(`[data-item="${focused.current}"] .pt-cart-remove`);
    if (!button) return;
    button.focus();
    focused.current = null;
  }, [lines]);

  const remove = (line: ShownLine, place: number) => {
    const next = lines[place + 1] ?? lines[place - 1];
    focused.current = next?.item_id ?? null;
    removeFromCart(line.item_id);
    setRemoved({ line, place });
    if (!next) onEmptied();
  };
  const undo = ({ line: { item_id, quantity, seen }, place }: Removed) => {
    focused.current = item_id;
    putBack({ item_id, quantity, seen }, place);
    setRemoved(null);
  };

  return (
    <div>
      <div role="status">
        {removed && (
          <div className="pt-alert pt-cart-removed">
            <p>{words.cart.removed(nameOf(words, removed.line))}</p>
            <Button kind="text" onClick={() => undo(removed)}>
              {words.cart.undo}
            </Button>
          </div>
        )}
      </div>
      <ul className="pt-cart" ref={list}>
        {lines.map((line, place) => (
          <Line key={line.item_id} line={line} onRemove={() => remove(line, place)} />
        ))}
      </ul>
    </div>
  );
}

function Line({ line, onRemove }: { line: ShownLine; onRemove: () => void }) {
  const words = useWords();
  const { item, item_id, quantity, left } = line;
  const name = nameOf(words, line);
  const sold = item !== null && left > 0;
  return (
    <li className="pt-card pt-cart-line" data-item={item_id}>
      <Picture item={item} />
      <div className="pt-cart-about">
        <h2>{item ? <a href={`/items/${item_id}`}>{name}</a> : name}</h2>
        {sold && <p className="pt-small">{words.cart.each(words.won(item.price))}</p>}
        <Notes line={line} />
      </div>
      {sold && <Pieces name={name} quantity={quantity} left={left} onChange={(next) => setQuantity(item_id, next)} />}
      {sold && <p className="pt-price">{words.won(item.price * quantity)}</p>}
      <button type="button" className="pt-icon-button pt-cart-remove" aria-label={words.cart.removeOf(name)} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </li>
  );
}

/** What the buyer has to know of a line before ordering it, and what to do. */
function Notes({ line }: { line: ShownLine }) {
  const words = useWords();
  const { item, item_id, quantity, seen, left } = line;
  if (item === null) return <Note>{words.cart.retired}</Note>;
  if (left === 0) return <Note>{words.cart.soldOut}</Note>;
  return (
    <>
      {quantity > left && (
        <Note>
          {words.cart.fewerLeft(left)}{" "}
          <button type="button" className="pt-button pt-button-text pt-cart-fix" onClick={() => setQuantity(item_id, left)}>
            {words.cart.takeLeft(left)}
          </button>
        </Note>
      )}
      {seen !== null && seen !== item.price && (
        <Alert kind="info">{words.cart.priceChanged(words.won(seen), words.won(item.price))}</Alert>
      )}
    </>
  );
}

function Note({ children }: { children: ReactNode }) {
  return <Alert kind="waiting">{children}</Alert>;
}

interface PiecesProps {
  name: string;
  quantity: number;
  left: number;
  onChange: (quantity: number) => void;
}

/** The quantity. What is typed and no quantity stays in the field, with what is wrong with it, and changes nothing. */
function Pieces({ name, quantity, left, onChange }: PiecesProps) {
  const words = useWords();
  const [typed, setTyped] = useState(quantity);
  useEffect(() => setTyped(quantity), [quantity]);
  const change = (next: number) => {
    setTyped(next);
    if (checkQuantity(words, next, null) === undefined) onChange(next);
  };
  return (
    <Quantity
      of={name}
      value={typed}
      most={Math.min(left, MOST_PIECES)}
      error={checkQuantity(words, typed, null)}
      onChange={change}
    />
  );
}

function nameOf(words: Words, { item }: ShownLine): string {
  return item?.name ?? words.cart.retiredName;
}
