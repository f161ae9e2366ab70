import type { Words } from "../../i18n/language.js";
import type { Item } from "../../types/payment.js";

/** The stock as text. */
export function stockText(words: Words, item: Item): string {
  if (item.stock === null) return words.shop.unlimited;
  return item.stock > 0 ? words.shop.left(item.stock) : words.shop.soldOut;
}
