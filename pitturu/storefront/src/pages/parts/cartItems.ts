import { useCallback, useMemo, useState } from "react";

import { service } from "./services.js";
import { type Loaded, useLoaded } from "./useLoaded.js";
import type { CartLine } from "../../services/cart.js";
import { asProblem } from "../../services/problem.js";
import { MOST_PIECES } from "../../services/validation.js";
import type { CheckoutLine, Item, Session } from "../../types/payment.js";

/** By id; null for an item that is not sold any more. */
export type Items = ReadonlyMap<string, Item | null>;

/** A line of the cart with its item as it is now. `left` is how many pieces can be bought. */
export interface ShownLine extends CartLine {
  item: Item | null;
  left: number;
}

/** The items of these ids, each read once until `refresh`. */
export function useItems(ids: readonly string[]): Loaded<Items> & { refresh: () => void } {
  const [round, setRound] = useState(0);
  const asked = useMemo(() => new Map<string, Promise<Item | null>>(), [round]);
  const load = useCallback(async () => {
    const read = async (id: string) => [id, await readOnce(asked, id)] as const;
    return new Map(await Promise.all(ids.map(read)));
  }, [ids.join(), asked]);
  const refresh = useCallback(() => setRound((before) => before + 1), []);
  return { ...useLoaded<Items>(load), refresh };
}

function readOnce(asked: Map<string, Promise<Item | null>>, id: string): Promise<Item | null> {
  const known = asked.get(id);
  if (known) return known;
  const answer = service.item(id).catch((thrown: unknown) => {
    const problem = asProblem(thrown);
    if (problem.status === 404) return null;
    asked.delete(id);
    throw problem;
  });
  asked.set(id, answer);
  return answer;
}

/**
 * The lines whose items are known. Pieces that the buyer's own open order holds count as available: the next order of the
 * same items takes them over.
 */
export function shownLines(lines: readonly CartLine[], items: Items, session: Session | null): readonly ShownLine[] {
  const held = new Map(session?.checkout ? session.lines.map((line) => [line.item_id, line.quantity]) : []);
  return lines
    .filter((line) => items.has(line.item_id))
    .map((line) => {
      const item = items.get(line.item_id) ?? null;
      const stock = item === null ? 0 : item.stock === null ? MOST_PIECES : item.stock + (held.get(line.item_id) ?? 0);
      return { ...line, item, left: Math.min(stock, MOST_PIECES) };
    });
}

/** What can be ordered: lines of items that are for sale and not sold out. */
export function orderable(lines: readonly ShownLine[]): readonly CheckoutLine[] {
  return lines.flatMap(({ item, item_id, quantity, left }) =>
    item === null || left === 0
      ? []
      : [{ item_id, quantity, item_name: item.name, unit_price: item.price, returnable: item.returnable }],
  );
}
