"use client";

import { Field, Select } from "./Field.js";
import { useWords } from "../i18n/language.js";
import { type CashReceipt, hasReceipt, type OrderDraft } from "../services/order.js";

interface CashReceiptFieldsProps {
  order: OrderDraft;
  error: string | undefined;
  onChange: (receipt: CashReceipt) => void;
}

/** Which cash receipt the buyer wants, of a bank transfer or virtual account; nothing for other methods. */
export function CashReceiptFields({ order, error, onChange }: CashReceiptFieldsProps) {
  const { receipt: words } = useWords();
  if (!hasReceipt(order.pay_method)) return null;
  const { purpose, identifier = "" } = order.cash_receipt ?? { purpose: "none" };
  return (
    <fieldset className="pt-group">
      <legend>{words.heading}</legend>
      <Select
        label={words.purpose}
        name="receipt_purpose"
        value={purpose}
        choices={(["none", "personal", "business"] as const).map((one) => [one, words.purposes[one]] as const)}
        onChange={(one) => onChange(one === "none" ? { purpose: one } : { purpose: one as CashReceipt["purpose"], identifier: "" })}
      />
      {purpose !== "none" && (
        <Field
          label={words.numbers[purpose]}
          name="receipt_number"
          inputMode="numeric"
          maxLength={30}
          required
          value={identifier ?? ""}
          error={error}
          onChange={(text) => onChange({ purpose, identifier: text })}
        />
      )}
    </fieldset>
  );
}
