"use client";

import { useEffect, useId, useRef } from "react";

import { useLanguage, useWords } from "../i18n/language.js";
import type { Consent } from "../types/payment.js";

interface ConsentFieldsProps {
  consents: readonly Consent[];
  /** The versions that the buyer has ticked. */
  agreed: readonly string[];
  error?: string | undefined;
  onChange: (agreed: readonly string[]) => void;
}

/** What the shop asks its buyers to agree to: a box for each text, and one for all. */
export function ConsentFields({ consents, agreed, error, onChange }: ConsentFieldsProps) {
  const words = useWords();
  const { language } = useLanguage();
  const id = useId();
  const every = consents.map(({ version }) => version);
  const count = every.filter((version) => agreed.includes(version)).length;
  const all = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (all.current) all.current.indeterminate = count > 0 && count < every.length;
  }, [count, every.length]);
  const tick = (version: string, on: boolean) =>
    onChange(on ? [...agreed, version] : agreed.filter((other) => other !== version));
  return (
    <fieldset className="pt-group pt-consents" aria-describedby={error ? `${id}-error` : undefined}>
      <legend>{words.consents.heading}</legend>
      {consents.length > 1 && (
        <label className="pt-consent pt-consent-all">
          <input
            ref={all}
            type="checkbox"
            checked={count === every.length}
            onChange={(event) => onChange(event.currentTarget.checked ? every : [])}
          />
          <span>{words.consents.all}</span>
        </label>
      )}
      {consents.map(({ version, required, text, url }) => {
        const ticked = agreed.includes(version);
        return (
          <div key={version} className="pt-consent">
            <label className="pt-consent">
              <input
                type="checkbox"
                checked={ticked}
                aria-invalid={error && required && !ticked ? true : undefined}
                onChange={(event) => tick(version, event.currentTarget.checked)}
              />
              <span>
                {required ? words.consents.required : words.consents.optional} {text[language]}
              </span>
            </label>
            {url !== "" && (
              <a href={url} target="_blank" rel="noopener noreferrer" aria-label={words.consents.read(text[language])}>
                {words.consents.view}
              </a>
            )}
          </div>
        );
      })}
      {error && (
        <p className="pt-field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
