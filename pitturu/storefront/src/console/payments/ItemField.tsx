import { useEffect, useId, useRef, useState } from "react";

import { WORDS } from "./words.js";
import { type Schemas, withQuery } from "../api.js";
import { useResource } from "../useResource.js";
import { useText } from "../words.js";

type Item = Schemas["ManagedItem"];

interface ItemFieldProps {
  /** The item that is chosen; empty for none. */
  id: string;
  onChoose: (id: string) => void;
}

const PAUSE = 250;
/** Milliseconds without a key until items are looked for. */

/** Chooses an item by its name or SKU. The form is not sent while what is typed names none. */
export function ItemField({ id, onChoose }: ItemFieldProps) {
  const words = useText(WORDS);
  const field = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const chosen = useResource<Item>(id ? `/catalogue/items/${encodeURIComponent(id)}` : null).value;
  const search = useLate(text.trim());
  const named = chosen && labelOf(chosen) === text;
  const found = useResource<Schemas["ManagedItemsPage"]>(search && !named ? withQuery("/catalogue/items", { search, limit: 20 }) : null);
  const items = found.value?.items ?? [];
  const typedFor = useRef(id);
  const choose = (wanted: string) => {
    typedFor.current = wanted;
    if (wanted !== id) onChoose(wanted);
  };
  useEffect(() => {
    if (chosen) setText(labelOf(chosen));
  }, [chosen?.id]);
  useEffect(() => {
    if (id === "" && typedFor.current !== "") setText("");
    typedFor.current = id;
  }, [id]);
  useEffect(() => {
    const match = matchOf(items, text);
    if (id === "" && match) choose(match.id);
  }, [found.value, text]);
  useEffect(() => input.current?.setCustomValidity(text.trim() && !id ? words.itemWrong : ""), [text, id, words]);
  const type = (typed: string) => {
    setText(typed);
    choose(matchOf(items, typed)?.id ?? "");
  };
  return (
    <div className="pt-field">
      <label htmlFor={field}>{words.item}</label>
      <input
        ref={input}
        id={field}
        list={`${field}-items`}
        value={text}
        maxLength={300}
        autoComplete="off"
        placeholder={words.itemHint}
        onChange={(event) => type(event.currentTarget.value)}
      />
      <datalist id={`${field}-items`}>
        {items.map((item) => (
          <option key={item.id} value={labelOf(item)} />
        ))}
      </datalist>
    </div>
  );
}

/** An item as it is listed: names alone may be the same. */
function labelOf(item: Item): string {
  return item.sku === null ? item.name : `${item.name} · ${item.sku}`;
}

/** The item that is meant: by its whole label, or the only one that was found if it is called so. */
function matchOf(items: readonly Item[], typed: string): Item | undefined {
  const labelled = items.find((item) => labelOf(item) === typed);
  const [only, ...others] = items;
  if (labelled || only === undefined || others.length > 0) return labelled;
  return [only.name, only.sku].includes(typed.trim()) ? only : undefined;
}

/** The value once it has not changed for a moment. */
function useLate(value: string): string {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return late;
}
