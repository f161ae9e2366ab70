// Validation of a form before it is submitted. The server validates again, and its result counts.

import { plainDigits } from "./numbers.js";
import type { Words } from "../i18n/language.js";
import { type OrderDraft, receiptOf } from "./order.js";
import type { Buyer } from "../types/payment.js";

export type Complaints<Field extends string> = Partial<Record<Field, string>>;

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/;
const KOREAN_TEL = /^0\d{1,2}-?\d{3,4}-?\d{4}$/;
const INTERNATIONAL_TEL = /^\+\d([ -]?\d){6,14}$/;
const PERSONAL = /^(010\d{8}|01[16789]\d{7,8}|\d{16,19})$/;
const USERNAME = /^[a-z0-9._-]{3,64}$/;

export const MOST_PIECES = 1_000;
/** The maximum quantity of one order, as on the server. */

export function checkBuyer(words: Words, buyer: Buyer): Complaints<keyof Buyer> {
  const tel = formatTel(buyer.buyer_tel);
  return only<keyof Buyer>({
    buyer_name: !buyer.buyer_name.trim() ? words.errors.name : tooLong(buyer.buyer_name, 255, words.errors.nameLong),
    buyer_email: EMAIL.test(buyer.buyer_email.trim()) ? tooLong(buyer.buyer_email, 255, words.errors.email) : words.errors.email,
    buyer_tel: isTel(tel) ? undefined : words.errors.tel,
    buyer_addr: tooLong(buyer.buyer_addr ?? "", 500, words.errors.address),
    buyer_postcode: /^(\d{5})?$/.test(plainDigits(buyer.buyer_postcode ?? "")) ? undefined : words.errors.postcode,
  });
}

/** The number of a cash receipt: its length, and the check digit of a business registration number. */
export function checkReceipt(words: Words, order: OrderDraft): Complaints<"cash_receipt"> {
  const { purpose = "none", identifier = "" } = receiptOf(order) ?? {};
  const number = identifier.replace(/[ -]/g, "");
  const good = { none: true, personal: PERSONAL.test(number), business: isBusiness(number) }[purpose];
  return only<"cash_receipt">({ cash_receipt: good ? undefined : words.receipt.wrong });
}

function isBusiness(number: string): boolean {
  if (!/^\d{10}$/.test(number)) return false;
  const digits = [...number].map(Number);
  const sum = [1, 3, 7, 1, 3, 7, 1, 3, 5].reduce((total, weight, place) => total + weight * (digits[place] ?? 0), 0);
  return (sum + Math.floor(((digits[8] ?? 0) * 5) / 10) + (digits[9] ?? 0)) % 10 === 0;
}

/** The same data without what only the form needs: spaces around it, other ways to write digits. */
export function cleaned(buyer: Buyer): Buyer {
  return {
    buyer_name: buyer.buyer_name.trim(),
    buyer_email: buyer.buyer_email.trim(),
    buyer_tel: formatTel(buyer.buyer_tel),
    buyer_addr: (buyer.buyer_addr ?? "").trim(),
    buyer_postcode: plainDigits(buyer.buyer_postcode ?? ""),
  };
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
  const plain = typed.normalize("NFKC").trim();
  const parts = /^(02|0\d{2})(\d{3,4})(\d{4})$/.exec(plain.replace(/[\s-]/g, ""));
  return parts ? parts.slice(1).join("-") : plain;
}

/** The validation errors, without empty entries. */
export function only<Field extends string>(all: Record<Field, string | undefined>): Complaints<Field> {
  return Object.fromEntries(Object.entries(all).filter(([, complaint]) => complaint !== undefined)) as Complaints<Field>;
}

function tooLong(text: string, most: number, complaint: string): string | undefined {
  return text.length > most ? complaint : undefined;
}
