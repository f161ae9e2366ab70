import { type Change, ofDuration, ofRate, relative } from "./change.js";
import { duration, percent } from "./formats.js";
import { WORDS } from "./words.js";
import { useLanguage } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { Figure, Figures } from "../components/Figure.js";
import { Chip } from "../components/Value.js";
import { useText } from "../words.js";

/** The sums of the range, each with its change against the range before. */
export function Totals({ overview: { total, time_to_paid: time, previous } }: { overview: Schemas["Overview"] }) {
  const words = useText(WORDS);
  const { language, words: shared } = useLanguage();
  const before = previous.total;
  const sum = (label: string, now: number, then: number, better: "more" | "less", format: (value: number) => string) => (
    <Compared label={label} value={format(now)} before={format(then)} change={relative(now, then, better, format, words.change, language)} />
  );
  const rate = (value: number | null) => (value === null ? null : percent(value, language));
  const lasting = (value: number | null) => (value === null ? null : duration(value, language));
  const took = (label: string, now: number | null, then: number | null) => (
    <Compared label={label} value={lasting(now)} before={lasting(then)} change={ofDuration(now, then, words.change, language)} />
  );
  return (
    <Figures>
      {sum(words.sales, total.received.won, before.received.won, "more", shared.won)}
      {sum(words.refunds, total.refunded.won, before.refunded.won, "less", shared.won)}
      {sum(words.net, total.received.won - total.refunded.won, before.received.won - before.refunded.won, "more", shared.won)}
      {sum(words.paid, total.paid, before.paid, "more", words.orders)}
      <Compared
        label={words.rate}
        value={rate(total.approval_rate)}
        before={rate(before.approval_rate)}
        change={ofRate(total.approval_rate, before.approval_rate, words.change, language)}
      />
      {sum(words.declined, total.declined, before.declined, "less", words.orders)}
      {took(words.p50, time.p50_ms, previous.time_to_paid.p50_ms)}
      {took(words.p95, time.p95_ms, previous.time_to_paid.p95_ms)}
    </Figures>
  );
}

interface ComparedProps {
  label: string;
  /** Null where nothing happened that it could be of. */
  value: string | null;
  before: string | null;
  change: Change | null;
}

function Compared({ label, value, before, change }: ComparedProps) {
  const words = useText(WORDS);
  const note = (
    <>
      {change !== null && <Chip tone={change.tone}>{change.text}</Chip>} {before === null ? words.nothingBefore : words.before(before)}
    </>
  );
  return <Figure label={label} value={value ?? "–"} note={note} />;
}
