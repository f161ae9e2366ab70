import type { ReactNode } from "react";

import { ButtonLink } from "../../components/Button.js";
import { Icon, type IconName } from "../../components/Icon.js";
import { useWords } from "../../i18n/language.js";

interface EmptyProps {
  icon: IconName;
  /** What is not there, and what would be. */
  children: ReactNode;
  /** What to do about it; the way to the shop if omitted. */
  action?: ReactNode;
}

/** A place without content. */
export function Empty({ icon, children, action }: EmptyProps) {
  const words = useWords();
  return (
    <div className="pt-empty">
      <span className="pt-mark">
        <Icon name={icon} />
      </span>
      {children}
      {action ?? (
        <ButtonLink kind="tonal" href="/">
          {words.actions.toShop}
        </ButtonLink>
      )}
    </div>
  );
}
