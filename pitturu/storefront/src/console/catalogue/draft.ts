// An item while an operator is still editing it.

import type { WORDS } from "./words.js";
import type { Schemas } from "../api.js";
import { plainDigits } from "../../services/numbers.js";

type Texts = (typeof WORDS)["ko"];
type Item = Schemas["ManagedItem"];

export interface Draft {
  sku: string;
  name: string;
  description: string;
  image_url: string;
  price: string;
  stock: string;
  active: boolean;
  returnable: boolean;
  tax_free: boolean;
}

export type Complaints = Partial<Record<keyof Draft, string>>;

export function draftOf(item: Item | null): Draft {
  return {
    sku: item?.sku ?? "",
    name: item?.name ?? "",
    description: item?.description ?? "",
    image_url: item?.image_url ?? "",
    price: item ? String(item.price) : "",
    stock: "",
    active: item?.active ?? true,
    returnable: item?.returnable ?? true,
    tax_free: item?.tax_free ?? false,
  };
}

/** A whole number as people type it (`12,000`); null for what is none. */
export function wholeNumber(typed: string): number | null {
  const text = plainDigits(typed);
  return /^-?\d{1,9}$/.test(text) ? Number(text) : null;
}

export function complaintsAbout(words: Texts, draft: Draft, isNew: boolean): Complaints {
  const [price, stock] = [wholeNumber(draft.price), wholeNumber(draft.stock)];
  const found: Complaints = {};
  if (!draft.name.trim()) found.name = words.wrongName;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(draft.sku.trim())) found.sku = words.wrongSku;
  if (price === null || price < 1) found.price = words.wrongPrice;
  if (isNew && draft.stock.trim() && (stock === null || stock < 0)) found.stock = words.wrongStock;
  return found;
}

/** The body of the request: of a change only what is different. */
export function bodyOf(draft: Draft, item: Item | null): Record<string, unknown> {
  const whole = {
    sku: draft.sku.trim(),
    name: draft.name.trim(),
    description: draft.description.trim(),
    image_url: draft.image_url.trim() || null,
    price: wholeNumber(draft.price),
    active: draft.active,
    returnable: draft.returnable,
    tax_free: draft.tax_free,
  };
  if (item === null) return { ...whole, stock: wholeNumber(draft.stock) };
  return Object.fromEntries(Object.entries(whole).filter(([name, value]) => value !== item[name as keyof Item]));
}
