import { Link } from "wouter";

import { kindText } from "./kinds.js";
import { situationOf, type Webhook } from "./situation.js";
import { WebhookState } from "./WebhookState.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
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

const NAMES = ["state", "order", "from", "to"] as const;
type Name = (typeof NAMES)[number];

const STATES = ["pending", "orphaned", "done", "ignored"] as const;

/** The webhooks that arrived, newest first. */
export function WebhooksPage() {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const filters = useFilters<Name>(NAMES);
  const { from, to, ...values } = filters.values;
  const query = { ...values, from: beginningOf(from), to: beginningOf(to, 1), cursor: filters.cursor };
  const page = useResource<Schemas["WebhooksPage"]>(withQuery("/operations/webhooks", query));
  const refresh = (
    <Button kind="outlined" icon="refresh" busy={page.busy} onClick={page.reload}>
      {shared.refresh}
    </Button>
  );
  return (
    <Page heading={words.heading} help={words.help} actions={refresh}>
      <WebhookFilters filters={filters} />
      <Loaded of={page} isEmpty={({ items }) => items.length === 0} empty={filters.active ? shared.nothingFound : words.none}>
        {({ items, next }) => (
          <>
            <Webhooks webhooks={items} />
            <Pager filters={filters} next={next} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function WebhookFilters({ filters }: { filters: Filters<Name> }) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const states = STATES.map((state) => [state, words.states[state]] as const);
  return (
    <FilterForm filters={filters}>
      {(draft, change) => (
        <>
          <Select label={words.state} name="state" value={draft.state} choices={[["", shared.any], ...states]} onChange={(value) => change("state", value)} />
          <Field label={words.order} name="order" maxLength={64} value={draft.order} onChange={(value) => change("order", value.trim())} />
          <Field label={words.from} name="from" type="date" value={draft.from} onChange={(value) => change("from", value)} />
          <Field label={words.to} name="to" type="date" value={draft.to} onChange={(value) => change("to", value)} />
        </>
      )}
    </FilterForm>
  );
}

function Webhooks({ webhooks }: { webhooks: readonly Webhook[] }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  return (
    <DataTable
      caption={words.heading}
      rows={webhooks}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "kind",
          header: words.kind,
          cell: ({ id, event_status, generation }) => (
            <span>
              <Link href={`/webhooks/${id}`}>{kindText(event_status, language)}</Link> <span className="pt-small">{generation.toUpperCase()}</span>
            </span>
          ),
        },
        { key: "order", header: words.order, cell: (webhook) => <WebhookOrder webhook={webhook} /> },
        { key: "state", header: words.state, cell: (webhook) => <WebhookState webhook={webhook} /> },
        { key: "received", header: words.received, cell: ({ received_at }) => <Time at={received_at} /> },
        { key: "lag", header: words.lag, numeric: true, cell: ({ lag }) => (lag === null ? "–" : words.seconds(lag.toFixed(1))) },
        { key: "copies", header: words.copies, numeric: true, cell: ({ copies }) => words.times(copies) },
        { key: "outcome", header: words.outcome, cell: (webhook) => <Outcome webhook={webhook} /> },
      ]}
    />
  );
}

/** The order that it names, with a link where the order is ours. */
export function WebhookOrder({ webhook: { merchant_uid, state } }: { webhook: Webhook }) {
  if (merchant_uid === "") return <>–</>;
  if (state === "orphaned") return <code>{merchant_uid}</code>;
  return (
    <Link className="pc-nowrap" href={`/payments/${encodeURIComponent(merchant_uid)}`}>
      <code>{merchant_uid}</code>
    </Link>
  );
}

/** What it waits for, where it is not over. */
function Outcome({ webhook }: { webhook: Webhook }) {
  const words = useText(WORDS);
  const situation = situationOf(webhook);
  if (situation === "done" || situation === "ignored") return <>–</>;
  return <>{words.situations[situation][0]}</>;
}
