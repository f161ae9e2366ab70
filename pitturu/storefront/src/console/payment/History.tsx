import { happened, TEXTS } from "./happened.js";
import { WORDS } from "./words.js";
import { useWords } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { Section } from "../components/Page.js";
import { Time } from "../components/Value.js";
import { useText } from "../words.js";

type Event = Schemas["OrderEvent"];

/** What happened to the order, newest first. */
export function History({ order }: { order: Schemas["Order"] }) {
  const words = useText(WORDS);
  const { items, total } = order.timeline;
  if (total === 0) return null;
  const rows = items.map((event, number) => ({ ...event, number })).reverse();
  return (
    <Section heading={words.timeline}>
      <DataTable
        caption={words.timeline}
        rows={rows}
        rowKey={({ number }) => String(number)}
        columns={[
          { key: "event", header: words.event, cell: (event) => <What event={event} /> },
          { key: "at", header: words.at, cell: (event) => <Time at={event.at} exact /> },
          { key: "by", header: words.by, cell: (event) => <By event={event} /> },
          { key: "because", header: words.because, cell: (event) => words.causes[event.cause] ?? event.cause },
          { key: "provider", header: words.provider, cell: (event) => (event.provider_status ? <code>{event.provider_status}</code> : "–") },
          { key: "detail", header: words.detail, cell: ({ detail }) => (detail === null ? "–" : (words.verdicts[detail] ?? detail)) },
        ]}
      />
      <Cut shown={items.length} total={total} />
    </Section>
  );
}

function What({ event }: { event: Event }) {
  const [texts, shared] = [useText(TEXTS), useWords()];
  return <>{happened(texts, shared, event)}</>;
}

function By({ event }: { event: Event }) {
  const words = useText(WORDS);
  const origin = words.origins[event.origin] ?? event.origin;
  return <>{event.actor === event.origin ? origin : `${event.actor} (${origin})`}</>;
}

/** That a list is longer than what is shown of it. */
export function Cut({ shown, total }: { shown: number; total: number }) {
  const words = useText(WORDS);
  return shown < total ? <p className="pt-small">{words.shownOf(shown, total)}</p> : null;
}
