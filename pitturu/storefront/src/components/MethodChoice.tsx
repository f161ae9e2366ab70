"use client";

import { useId } from "react";

import { Icon } from "./Icon.js";
import { useWords } from "../i18n/language.js";
import { PAY_METHODS, type PayMethod } from "../types/payment.js";

interface MethodChoiceProps {
  value: PayMethod;
  onChange: (method: PayMethod) => void;
}

/** The payment method as a group of radio buttons, with keyboard support and an accessible name. */
export function MethodChoice({ value, onChange }: MethodChoiceProps) {
  const words = useWords();
  const group = useId();
  return (
    <fieldset className="pt-methods">
      <legend>{words.form.method}</legend>
      {PAY_METHODS.map((method) => (
        <label key={method} className="pt-method">
          <input
            type="radio"
            name={group}
            value={method}
            checked={method === value}
            onChange={() => onChange(method)}
          />
          <Icon name={method} />
          <span>{words.form.methods[method]}</span>
        </label>
      ))}
    </fieldset>
  );
}
