"use client";

import { useId } from "react";

import { Icon } from "./Icon.js";
import { useWords } from "../i18n/language.js";
import { wholeNumber } from "../services/numbers.js";

interface QuantityProps {
  value: number;
  most: number;
  error?: string | undefined;
  /** The item, where several quantities are on a page: it is part of every name, and no label is visible. */
  of?: string;
  onChange: (value: number) => void;
}

/** The quantity: typed, or changed one by one. */
export function Quantity({ value, most, error, of, onChange }: QuantityProps) {
  const words = useWords();
  const id = useId();
  return (
    <div className={error ? "pt-field pt-field-wrong" : "pt-field"}>
      <label htmlFor={id} className={of === undefined ? undefined : "pt-unseen"}>
        {of === undefined ? words.form.quantity : words.cart.quantityOf(of)}
      </label>
      <div className="pt-quantity">
        <button
          type="button"
          className="pt-icon-button"
          aria-label={of === undefined ? words.form.fewer : words.cart.fewerOf(of)}
          disabled={value <= 1}
          onClick={() => onChange(value - 1)}
        >
          <Icon name="minus" />
        </button>
        <input
          id={id}
          name="quantity"
          inputMode="numeric"
          autoComplete="off"
          maxLength={9}
          value={Number.isNaN(value) ? "" : String(value)}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-error` : undefined}
          onChange={(event) => onChange(typedQuantity(event.currentTarget.value))}
        />
        <button
          type="button"
          className="pt-icon-button"
          aria-label={of === undefined ? words.form.more : words.cart.moreOf(of)}
          disabled={value >= most}
          onClick={() => onChange(Number.isNaN(value) ? 1 : value + 1)}
        >
          <Icon name="plus" />
        </button>
      </div>
      {error && (
        <p className="pt-field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

/** NaN for nothing and for what is no number. */
function typedQuantity(typed: string): number {
  return typed.trim() ? wholeNumber(typed) : Number.NaN;
}
