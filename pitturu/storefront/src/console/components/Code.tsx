import { CopyButton } from "./Value.js";

/** Text of a program, as it is; it can be copied. `label` names it for screen readers. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className="pc-code-box">
      <pre className="pc-code" tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <CopyButton value={text} what={label} />
    </div>
  );
}

/** JSON with indentation; null for what is none. */
export function prettyJson(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

/** The fields of a form as lines; null for what is none. */
export function prettyForm(text: string): string | null {
  if (!/^[\w.%+*-]+=[^\s]*$/.test(text)) return null;
  return [...new URLSearchParams(text)].map(([name, value]) => `${name} = ${value}`).join("\n");
}
