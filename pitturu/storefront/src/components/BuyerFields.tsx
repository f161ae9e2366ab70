"use client";

import { useCallback, useRef } from "react";

import { Field } from "./Field.js";
import { PostcodeSearch } from "./PostcodeSearch.js";
import { useWords } from "../i18n/language.js";
import { type Complaints, formatTel } from "../services/validation.js";
import type { Buyer } from "../types/payment.js";

interface BuyerFieldsProps {
  buyer: Buyer;
  wrong: Complaints<keyof Buyer>;
  /** The page of the postcode search; none without it. */
  postcodePage?: string | undefined;
  onChange: (change: Partial<Buyer>) => void;
}

/** Who buys, and where it is sent to. */
export function BuyerFields({ buyer, wrong, postcodePage, onChange }: BuyerFieldsProps) {
  const words = useWords();
  const { form } = words;
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(onChange);
  latest.current = onChange;
  const choose = useCallback((buyer_postcode: string, address: string) => {
    latest.current({ buyer_postcode, buyer_addr: `${address} ` });
    // What is missing now is the rest of the address: its end is where the buyer goes on.
    requestAnimationFrame(() => {
      const field = place.current?.querySelector<HTMLInputElement>("[name=buyer_addr]");
      field?.focus();
      field?.setSelectionRange(field.value.length, field.value.length);
    });
  }, []);
  return (
    <div ref={place} className="pt-group">
      <Field
        label={form.name}
        name="buyer_name"
        autoComplete="name"
        maxLength={255}
        required
        value={buyer.buyer_name}
        error={wrong.buyer_name}
        onChange={(buyer_name) => onChange({ buyer_name })}
      />
      <Field
        label={form.email}
        name="buyer_email"
        type="email"
        autoComplete="email"
        maxLength={255}
        required
        value={buyer.buyer_email}
        error={wrong.buyer_email}
        onChange={(buyer_email) => onChange({ buyer_email })}
      />
      <Field
        label={form.tel}
        hint={form.telHint}
        name="buyer_tel"
        type="tel"
        autoComplete="tel-national"
        maxLength={20}
        required
        value={buyer.buyer_tel}
        error={wrong.buyer_tel}
        onChange={(buyer_tel) => onChange({ buyer_tel })}
        onBlur={() => onChange({ buyer_tel: formatTel(buyer.buyer_tel) })}
      />
      <Field
        label={form.postcode}
        hint={form.postcodeHint}
        name="buyer_postcode"
        inputMode="numeric"
        autoComplete="postal-code"
        maxLength={20}
        value={buyer.buyer_postcode ?? ""}
        error={wrong.buyer_postcode}
        onChange={(buyer_postcode) => onChange({ buyer_postcode })}
      />
      {postcodePage && <PostcodeSearch page={postcodePage} onChosen={choose} />}
      <Field
        label={form.address}
        name="buyer_addr"
        autoComplete="street-address"
        maxLength={500}
        value={buyer.buyer_addr ?? ""}
        error={wrong.buyer_addr}
        onChange={(buyer_addr) => onChange({ buyer_addr })}
      />
    </div>
  );
}
