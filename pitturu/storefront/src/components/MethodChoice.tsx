"use client";

import { useId } from "react";

import { Icon } from "./Icon.js";
import { useWords } from "../i18n/language.js";
import { PAY_METHODS, type PayMethod } from "../types/payment.js";

interface MethodChoiceProps {
  value: PayMethod;
  onChange: (method: PayMethod) => void;
}

/** How to pay, as a group of radio buttons: arrow keys move, and one word says what is chosen. */
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
