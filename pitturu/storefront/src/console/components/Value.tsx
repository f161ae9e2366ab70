// How single values are shown: states, times, amounts, ids.

import { type ReactNode, useState } from "react";

import { Icon } from "../../components/Icon.js";
import { useLanguage, useWords } from "../../i18n/language.js";
import { KOREA } from "../days.js";
import { useConsoleWords } from "../words.js";

export type Tone = "neutral" | "good" | "caution" | "bad";

/** A state as text. The colour adds no information. */
export function Chip({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`pc-chip pc-${tone}`}>{children}</span>;
}

/** A point in time in Korea, `exact` to the second; a dash where there is none. */
export function Time({ at, exact = false }: { at: string | null | undefined; exact?: boolean }) {
  const { language, words } = useLanguage();
  if (!at) return <>–</>;
  const date = new Date(at);
  return (
    <time dateTime={at} title={date.toISOString()}>
      {exact
        ? date.toLocaleString({ ko: "ko-KR", en: "en-GB" }[language], { dateStyle: "medium", timeStyle: "medium", timeZone: KOREA })
        : words.moment(date, KOREA)}
    </time>
  );
}

/** How long ago something was. */
export function Age({ at }: { at: string | null | undefined }) {
  const words = useConsoleWords();
  if (!at) return <>–</>;
  return (
    <time dateTime={at} title={at}>
      {words.ago((Date.now() - new Date(at).getTime()) / 1000)}
    </time>
  );
}

export function Won({ amount }: { amount: number | null | undefined }) {
  const words = useWords();
  return <span className="pc-won">{amount === null || amount === undefined ? "–" : words.won(amount)}</span>;
}

/** An id that can be copied. `what` names it for screen readers. */
export function Id({ value, what }: { value: string | null | undefined; what: string }) {
  if (!value) return <>–</>;
  return (
    <span className="pc-id">
      <code>{value}</code>
      <CopyButton value={value} what={what} />
    </span>
  );
}

/** Copies a text. `what` names it for screen readers. */
export function CopyButton({ value, what }: { value: string; what: string }) {
  const words = useConsoleWords();
  const [copied, setCopied] = useState(false);
  const copy = () =>
    void navigator.clipboard.writeText(value).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    });
  return (
    <>
      <button type="button" className="pc-copy" aria-label={words.copy(what)} onClick={copy}>
        <Icon name={copied ? "check" : "copy"} />
      </button>
      <span className="pt-unseen" role="status">
        {copied ? words.copied : ""}
      </span>
    </>
  );
}
