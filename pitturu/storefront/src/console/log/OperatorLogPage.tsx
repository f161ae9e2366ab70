import { Link } from "wouter";

import { ACTIONS, actionText } from "./actions.js";
import { WORDS } from "./words.js";
import { Field, Select } from "../../components/Field.js";
import { useLanguage } from "../../i18n/language.js";
import { type Schemas, withQuery } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { FilterForm } from "../components/FilterForm.js";
import { Loaded } from "../components/Loaded.js";
import { Page } from "../components/Page.js";
import { Pager } from "../components/Pager.js";
import { Time } from "../components/Value.js";
import { beginningOf } from "../days.js";
import { type Filters, useFilters } from "../useFilters.js";
import { useResource } from "../useResource.js";
import { useConsoleWords, useText } from "../words.js";

type Line = Schemas["OperatorLogLine"];

const NAMES = ["who", "whom", "action", "from", "to"] as const;
type Name = (typeof NAMES)[number];

/** What operators did and looked at. */
export function OperatorLogPage() {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const filters = useFilters<Name>(NAMES);
  const { from, to, ...values } = filters.values;
  const query = { ...values, from: beginningOf(from), to: beginningOf(to, 1), cursor: filters.cursor };
  const page = useResource<Schemas["OperatorLogPage"]>(withQuery("/operations/log", query));
  return (
    <Page heading={words.heading} help={words.help}>
      <LogFilters filters={filters} />
      <Loaded of={page} isEmpty={({ items }) => items.length === 0} empty={filters.active ? shared.nothingFound : shared.empty}>
        {({ items, next }) => (
          <>
            <Lines lines={items} />
            <Pager filters={filters} next={next} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function LogFilters({ filters }: { filters: Filters<Name> }) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const { language } = useLanguage();
  const actions = ACTIONS.map((action) => [action, actionText(action, language)] as const);
  return (
    <FilterForm filters={filters}>
      {(draft, change) => (
        <>
          <Field label={words.who} name="who" maxLength={255} value={draft.who} onChange={(value) => change("who", value)} />
          <Field label={words.whom} name="whom" maxLength={255} value={draft.whom} onChange={(value) => change("whom", value)} />
          <Select
            label={words.action}
            name="action"
            value={draft.action}
            choices={[["", shared.any], ...actions]}
            onChange={(value) => change("action", value)}
          />
          <Field label={words.from} name="from" type="date" value={draft.from} onChange={(value) => change("from", value)} />
          <Field label={words.to} name="to" type="date" value={draft.to} onChange={(value) => change("to", value)} />
        </>
      )}
    </FilterForm>
  );
}

function Lines({ lines }: { lines: readonly Line[] }) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const { language } = useLanguage();
  return (
    <DataTable
      caption={words.heading}
      rows={lines}
      rowKey={(line) => `${line.at} ${line.request_id ?? ""} ${line.what_id ?? ""}`}
      columns={[
        { key: "at", header: words.at, cell: (line) => <Time at={line.at} /> },
        { key: "who", header: words.who, cell: (line) => `${line.who} (${line.role ? shared.roles[line.role] : words.terminal})` },
        { key: "action", header: words.action, cell: (line) => actionText(line.action, language) },
        { key: "whom", header: words.whom, cell: (line) => line.whom ?? "–" },
        { key: "what", header: words.what, cell: (line) => <About line={line} /> },
        { key: "detail", header: words.detail, cell: (line) => line.detail ?? "–" },
        { key: "address", header: words.address, cell: (line) => line.address ?? "–" },
      ]}
    />
  );
}

/** The thing concerned, with a link where it has a page. */
function About({ line }: { line: Line }) {
  if (line.what_id === null) return <>–</>;
  if (line.what_kind !== "payment") return <code>{line.what_id}</code>;
  return <Link href={`/payments/${encodeURIComponent(line.what_id)}`}>{line.what_id}</Link>;
}
