import type { ReactNode } from "react";

import { Icon, type IconName } from "./Icon.js";

interface Looks {
  kind?: "filled" | "tonal" | "outlined" | "text";
  icon?: IconName;
  wide?: boolean;
  children: ReactNode;
}

interface ButtonProps extends Looks {
  onClick?: () => void;
  type?: "button" | "submit";
  disabled?: boolean;
  /** In progress: it cannot be pressed again, and announces that. */
  busy?: boolean;
  label?: string;
}

/** A Material button. A busy one stays focusable, so that keyboard users do not lose the focus. */
export function Button({ kind = "filled", icon, wide, children, onClick, type = "button", ...state }: ButtonProps) {
  const idle = !state.busy && !state.disabled;
  return (
    <button
      type={type}
      className={classOf(kind, wide)}
      aria-label={state.label}
      aria-disabled={state.busy ? true : undefined}
      disabled={state.disabled}
      onClick={idle ? onClick : (event) => event.preventDefault()}
    >
      {state.busy ? <Spinner /> : icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink({ kind = "filled", icon, wide, children, href, external }: Looks & { href: string; external?: boolean }) {
  const apart = external ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return (
    <a className={classOf(kind, wide)} href={href} {...apart}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  );
}

function classOf(kind: string, wide = false): string {
  return `pt-button pt-button-${kind}${wide ? " pt-wide" : ""}`;
}

/** A progress indicator; the text beside it is its label. */
export function Spinner() {
  return <span className="pt-spinner" aria-hidden="true" />;
}
