"use client";

import { useEffect, useId, useSyncExternalStore } from "react";

import { Icon } from "./Icon.js";
import { useWords } from "../i18n/language.js";
import { offeredMethods, subscribe } from "../services/offered.js";
import type { PayMethod } from "../types/payment.js";

interface MethodChoiceProps {
  value: PayMethod;
  onChange: (method: PayMethod) => void;
}

/** The payment method as a group of radio buttons, with keyboard support and an accessible name. Only those that the shop
offers; if the present one is none of them, the first is chosen.
 */
export function MethodChoice({ value, onChange }: MethodChoiceProps) {
  const words = useWords();
  const group = useId();
  const offered = useSyncExternalStore(subscribe, offeredMethods, offeredMethods);
  const other = offered?.includes(value) === false ? offered[0] : undefined;
  useEffect(() => {
    if (other !== undefined) onChange(other);
  }, [other]);
  return (
    <fieldset className="pt-methods">
      <legend>{words.form.method}</legend>
      {(offered ?? [value]).map((method) => (
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
