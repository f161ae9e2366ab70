// Fields that the checkout has no use for.

import { useId } from "react";

interface TextAreaProps {
  label: string;
  name: string;
  value: string;
  maxLength: number;
  error?: string | undefined;
  onChange: (value: string) => void;
}

/** Several lines of text. */
export function TextArea({ label, error, onChange, ...input }: TextAreaProps) {
  const id = useId();
  return (
    <div className={error ? "pt-field pt-field-wrong" : "pt-field"}>
      <label htmlFor={id}>{label}</label>
      <textarea
        {...input}
        id={id}
        rows={3}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {error && (
        <p className="pt-field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

interface CheckBoxProps {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** Something that is so or not. */
export function CheckBox({ label, hint, checked, onChange }: CheckBoxProps) {
  const id = useId();
  return (
    <div className="pc-check">
      <input
        type="checkbox"
        id={id}
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p className="pt-small" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
