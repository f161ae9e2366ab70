import { Link } from "wouter";

import { WORDS } from "./words.js";
import { Field } from "../../components/Field.js";
import { type Schemas, withQuery } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { FilterForm } from "../components/FilterForm.js";
import { Loaded } from "../components/Loaded.js";
import { Page, Section } from "../components/Page.js";
import { Pager } from "../components/Pager.js";
import { Id, Time } from "../components/Value.js";
import { beginningOf } from "../days.js";
import { useFilters } from "../useFilters.js";
import { useResource } from "../useResource.js";
import { useText } from "../words.js";

type Line = Schemas["ErrorLine"];

const NAMES = ["event", "from", "to"] as const;

/** What was logged as errors, by any process. */
export function ErrorsPage() {
  const words = useText(WORDS);
  const filters = useFilters(NAMES);
  const { event, from, to } = filters.values;
  const query = { event, from: beginningOf(from), to: beginningOf(to, 1), cursor: filters.cursor };
  const page = useResource<Schemas["Errors"]>(withQuery("/operations/errors", query));
  return (
    <Page heading={words.heading} help={words.help}>
      <FilterForm filters={filters}>
        {(draft, change) => (
          <>
            <Field label={words.event} name="event" maxLength={100} value={draft.event} onChange={(value) => change("event", value)} />
            <Field label={words.from} name="from" type="date" value={draft.from} onChange={(value) => change("from", value)} />
            <Field label={words.to} name="to" type="date" value={draft.to} onChange={(value) => change("to", value)} />
          </>
        )}
      </FilterForm>
      <Loaded of={page} isEmpty={({ events }) => events.length === 0} empty={words.empty}>
        {({ events, items, next }) => (
          <>
            <Section heading={words.counts}>
              <Counts counts={events} />
            </Section>
            <Section heading={words.lines}>
              <Lines lines={items} />
              <Pager filters={filters} next={next} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Counts({ counts }: { counts: readonly Schemas["ErrorCount"][] }) {
  const words = useText(WORDS);
  return (
    <DataTable
      caption={words.counts}
      rows={counts}
      rowKey={(one) => one.event}
      columns={[
        { key: "event", header: words.event, cell: ({ event }) => <Link href={`/errors?event=${encodeURIComponent(event)}`}>{event}</Link> },
        {
          key: "count",
          header: words.count,
          numeric: true,
          cell: ({ count, dropped }) => (
            <>
              {count.toLocaleString()}
              {dropped > 0 && <span className="pt-small pc-line">{words.dropped(dropped)}</span>}
            </>
          ),
        },
        { key: "first", header: words.first, cell: (one) => <Time at={one.first_seen} /> },
        { key: "last", header: words.last, cell: (one) => <Time at={one.last_seen} /> },
      ]}
    />
  );
}

function Lines({ lines }: { lines: readonly Line[] }) {
  const words = useText(WORDS);
  return (
    <DataTable
      caption={words.lines}
      rows={lines}
      rowKey={(line) => `${line.at} ${line.host} ${line.event}`}
      columns={[
        { key: "at", header: words.at, cell: (line) => <Time at={line.at} /> },
        { key: "event", header: words.event, cell: (line) => <code>{line.event}</code> },
        { key: "process", header: words.process, cell: (line) => `${line.process} · ${line.host}` },
        { key: "advice", header: words.advice, cell: (line) => line.next ?? "–" },
        { key: "request", header: words.request, cell: (line) => <Id value={line.request_id} what={words.request} /> },
        { key: "detail", header: words.detail, cell: (line) => <Detail line={line} /> },
      ]}
    />
  );
}

function Detail({ line }: { line: Line }) {
  const words = useText(WORDS);
  return (
    <details className="pc-details">
      <summary>{words.detail}</summary>
      <pre className="pc-code">{JSON.stringify(line.detail, null, 2)}</pre>
      {line.traceback && <pre className="pc-code">{line.traceback}</pre>}
    </details>
  );
}
