import { type ReactNode, useId } from "react";

interface Described {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

interface FieldProps extends Described {
  name: string;
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  type?: "text" | "email" | "tel" | "password" | "date" | "datetime-local" | "number";
  inputMode?: "numeric" | "tel" | "email";
  autoComplete?: string;
  maxLength?: number;
  required?: boolean;
}

/** A Material outlined text field: its label, its input, and its validation error. */
export function Field({ label, hint, error, name, value, onChange, onBlur, ...input }: FieldProps) {
  const id = useId();
  return (
    <Described id={id} label={label} hint={hint} error={error}>
      <input
        {...input}
        id={id}
        name={name}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, hint, error)}
        aria-required={input.required}
        required={false}
        onChange={(event) => onChange(event.currentTarget.value)}
        onBlur={onBlur}
      />
    </Described>
  );
}

interface SelectProps extends Described {
  name: string;
  value: string;
  onChange: (value: string) => void;
  choices: readonly (readonly [value: string, label: string])[];
}

/** A select field. */
export function Select({ label, hint, error, name, value, onChange, choices }: SelectProps) {
  const id = useId();
  return (
    <Described id={id} label={label} hint={hint} error={error}>
      <select
        id={id}
        name={name}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, hint, error)}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </Described>
  );
}

function Described({ id, label, hint, error, children }: Described & { id: string; children: ReactNode }) {
  return (
    <div className={error ? "pt-field pt-field-wrong" : "pt-field"}>
      <label htmlFor={id}>{label}</label>
      {children}
      {error ? (
        <p className="pt-field-error" id={`${id}-error`}>
          {error}
        </p>
      ) : (
        hint && (
          <p className="pt-field-hint" id={`${id}-hint`}>
            {hint}
          </p>
        )
      )}
    </div>
  );
}

function describedBy(id: string, hint?: string, error?: string): string | undefined {
  if (error) return `${id}-error`;
  return hint ? `${id}-hint` : undefined;
}
