// Validation of a form before it is submitted. The server validates again, and its result counts.

import type { Words } from "../i18n/language.js";
import type { Buyer } from "../types/payment.js";

export type Complaints<Field extends string> = Partial<Record<Field, string>>;

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/;
const KOREAN_TEL = /^0\d{1,2}-?\d{3,4}-?\d{4}$/;
const INTERNATIONAL_TEL = /^\+\d([ -]?\d){6,14}$/;
const USERNAME = /^[a-z0-9._-]{3,64}$/;

export const MOST_PIECES = 1_000;
/** The maximum quantity of one order, as on the server. */

export function checkBuyer(words: Words, buyer: Buyer): Complaints<keyof Buyer> {
  const tel = buyer.buyer_tel.trim();
  return only<keyof Buyer>({
    buyer_name: !buyer.buyer_name.trim() ? words.errors.name : tooLong(buyer.buyer_name, 255, words.errors.nameLong),
    buyer_email: EMAIL.test(buyer.buyer_email.trim()) ? tooLong(buyer.buyer_email, 255, words.errors.email) : words.errors.email,
    buyer_tel: isTel(tel) ? undefined : words.errors.tel,
    buyer_addr: tooLong(buyer.buyer_addr ?? "", 500, words.errors.address),
    buyer_postcode: /^(\d{5})?$/.test(buyer.buyer_postcode ?? "") ? undefined : words.errors.postcode,
  });
}

export function isTel(tel: string): boolean {
  return KOREAN_TEL.test(tel) || INTERNATIONAL_TEL.test(tel);
}

export function checkQuantity(words: Words, quantity: number, stock: number | null): string | undefined {
  const most = Math.min(stock ?? MOST_PIECES, MOST_PIECES);
  return Number.isInteger(quantity) && quantity >= 1 && quantity <= most ? undefined : words.errors.quantity(most);
}

export function checkNewUser(words: Words, username: string, password: string): Complaints<"username" | "password"> {
  return only<"username" | "password">({
    username: USERNAME.test(username) ? undefined : words.errors.username,
    password: password.length >= 10 && password.length <= 128 ? undefined : words.errors.password,
  });
}

/** A Korean number with hyphens: 01012345678 as 010-1234-5678; anything else unchanged. */
export function formatTel(typed: string): string {
  const digits = typed.replace(/[\s-]/g, "");
  const parts = /^(02|0\d{2})(\d{3,4})(\d{4})$/.exec(digits);
  return parts ? parts.slice(1).join("-") : typed.trim();
}

/** The validation errors, without empty entries. */
export function only<Field extends string>(all: Record<Field, string | undefined>): Complaints<Field> {
  return Object.fromEntries(Object.entries(all).filter(([, complaint]) => complaint !== undefined)) as Complaints<Field>;
}

function tooLong(text: string, most: number, complaint: string): string | undefined {
  return text.length > most ? complaint : undefined;
}
