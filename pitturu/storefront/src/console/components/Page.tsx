import { type ReactNode, useEffect, useRef } from "react";

import { useConsoleWords } from "../words.js";

interface PageProps {
  heading: string;
  /** One sentence: what this page is for. */
  help: string;
  /** Buttons beside the heading. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page of the console. Its heading is focused when it opens, so that a screen reader says where it is. */
export function Page({ heading, help, actions, children }: PageProps) {
  const words = useConsoleWords();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = words.title(heading);
  }, [words, heading]);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement?.closest(".pc-nav")) title.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <header className="pc-heading">
        <div>
          <h1 ref={title} tabIndex={-1}>
            {heading}
          </h1>
          <p>{help}</p>
        </div>
        {actions && <div className="pt-row">{actions}</div>}
      </header>
      {children}
    </>
  );
}

/** A part of a page with a heading of its own. */
export function Section({ heading, actions, children }: { heading: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="pc-section">
      <header>
        <h2>{heading}</h2>
        {actions && <div className="pt-row">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
