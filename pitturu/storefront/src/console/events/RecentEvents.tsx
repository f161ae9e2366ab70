import { EventBody, EventOrder } from "./EventBody.js";
import { type ShopEvent, TYPES, typeText } from "./types.js";
import { WORDS } from "./words.js";
import { Field, Select } from "../../components/Field.js";
import { useLanguage } from "../../i18n/language.js";
import { type Schemas, withQuery } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { FilterForm } from "../components/FilterForm.js";
import { Loaded } from "../components/Loaded.js";
import { Section } from "../components/Page.js";
import { Pager } from "../components/Pager.js";
import { Id, Time } from "../components/Value.js";
import { beginningOf } from "../days.js";
import { type Filters, useFilters } from "../useFilters.js";
import { useResource } from "../useResource.js";
import { useConsoleWords, useText } from "../words.js";

const NAMES = ["type", "from", "to"] as const;
type Name = (typeof NAMES)[number];

/** What happened, newest first, wherever it is sent. */
export function RecentEvents() {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const filters = useFilters<Name>(NAMES);
  const { type, from, to } = filters.values;
  const query = { type, from: beginningOf(from), to: beginningOf(to, 1), cursor: filters.cursor };
  const page = useResource<Schemas["RecentEvents"]>(withQuery("/events/recent", query));
  return (
    <Section heading={words.recent}>
      <EventFilters filters={filters} />
      <Loaded of={page} isEmpty={({ items }) => items.length === 0} empty={filters.active ? shared.nothingFound : words.noEvents}>
        {({ items, next }) => (
          <>
            <Events events={items} />
            <Pager filters={filters} next={next} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

function EventFilters({ filters }: { filters: Filters<Name> }) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const { language } = useLanguage();
  const types = TYPES.map((type) => [type, typeText(type, language)] as const);
  return (
    <FilterForm filters={filters}>
      {(draft, change) => (
        <>
          <Select label={words.type} name="type" value={draft.type} choices={[["", shared.any], ...types]} onChange={(value) => change("type", value)} />
          <Field label={words.from} name="from" type="date" value={draft.from} onChange={(value) => change("from", value)} />
          <Field label={words.to} name="to" type="date" value={draft.to} onChange={(value) => change("to", value)} />
        </>
      )}
    </FilterForm>
  );
}

function Events({ events }: { events: readonly ShopEvent[] }) {
  const words = useText(WORDS);
  return (
    <DataTable
      caption={words.recent}
      rows={events}
      rowKey={({ id }) => id}
      columns={[
        { key: "type", header: words.event, cell: (event) => <EventBody event={event} /> },
        { key: "order", header: words.order, cell: (event) => <EventOrder event={event} /> },
        { key: "sequence", header: words.sequence, numeric: true, cell: ({ sequence }) => sequence ?? "–" },
        { key: "at", header: words.at, cell: ({ created_at }) => <Time at={created_at} /> },
        { key: "id", header: words.eventId, cell: ({ id }) => <Id value={id} what={words.eventId} /> },
      ]}
    />
  );
}
