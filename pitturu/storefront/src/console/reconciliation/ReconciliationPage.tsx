import { useState } from "react";
import { Link } from "wouter";

import { CompareDialog } from "./CompareDialog.js";
import { type Comparison, ComparisonState, Found, Span } from "./parts.js";
import { WORDS } from "./words.js";
import { Alert } from "../../components/Alert.js";
import { Button } from "../../components/Button.js";
import { type Schemas, withQuery } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { Loaded } from "../components/Loaded.js";
import { Page } from "../components/Page.js";
import { Pager } from "../components/Pager.js";
import { Tabs } from "../components/Tabs.js";
import { Time } from "../components/Value.js";
import { Can } from "../session.js";
import { useFilters } from "../useFilters.js";
import { useResource } from "../useResource.js";
import { useText } from "../words.js";

type Scope = Comparison["scope"];
type Comparisons = Schemas["ComparisonsPage"];

const RUNNING_EVERY = 2000;
/** Milliseconds between two readings while a comparison runs. */
const EVERY = 30_000;
/** Milliseconds between two readings otherwise. */
const OVERDUE = 2 * 86_400_000;
/** Milliseconds after which the last comparison is too old: one is scheduled every day. */

/** All comparisons with PortOne, newest first. */
export function ReconciliationPage() {
  const words = useText(WORDS);
  const filters = useFilters(["scope"]);
  const scope: Scope = filters.values.scope === "webhooks" ? "webhooks" : "full";
  const [asking, setAsking] = useState(false);
  const every = (page: Comparisons | undefined) => (page?.items.some(({ status }) => status === "running") ? RUNNING_EVERY : EVERY);
  const page = useResource<Comparisons>(withQuery("/operations/comparisons", { scope, cursor: filters.cursor }), { every });
  const lastEnded = scope === "full" ? page.value?.items.find(({ status }) => status === "ended") : undefined;
  const start = (
    <Can permission="reconcile">
      <Button icon="compare" onClick={() => setAsking(true)}>
        {words.start}
      </Button>
    </Can>
  );
  return (
    <Page heading={words.heading} help={words.help} actions={start}>
      <Tabs
        label={words.which}
        tabs={[
          { href: "/reconciliation", label: words.tabs.full, current: scope === "full" },
          { href: "/reconciliation?scope=webhooks", label: words.tabs.webhooks, current: scope === "webhooks" },
        ]}
      />
      <Loaded of={page} isEmpty={({ items }) => items.length === 0} empty={words.none[scope]}>
        {({ items, next }) => (
          <>
            {scope === "full" && filters.cursor === "" && <Verdict comparisons={items} />}
            <Comparisons comparisons={items} />
            <Pager filters={filters} next={next} />
          </>
        )}
      </Loaded>
      {asking && <CompareDialog sample={lastEnded} onClose={() => setAsking(false)} />}
    </Page>
  );
}

/** Whether our records and PortOne's agree, as far as the newest comparisons say. */
function Verdict({ comparisons }: { comparisons: readonly Comparison[] }) {
  const words = useText(WORDS);
  const last = comparisons.find(({ status }) => status === "ended");
  const stopped = comparisons.find(({ status }) => status === "dead");
  const open = last?.states["open"] ?? 0;
  const overdue = !last || Date.now() - new Date(last.ended_at ?? last.created_at).getTime() > OVERDUE;
  const running = comparisons.some(({ status }) => status === "running");
  return (
    <>
      {stopped && (
        <Alert kind="error">
          <p>{words.stopped}</p>
          <Report of={stopped} />
        </Alert>
      )}
      {overdue && !running && !stopped && <Alert kind="waiting">{words.overdue}</Alert>}
      {last && open > 0 && (
        <Alert kind="waiting">
          <p>{words.differs(open)}</p>
          <Report of={last} state="open" />
        </Alert>
      )}
      {last && open === 0 && !overdue && <Alert kind="success">{words.agrees}</Alert>}
    </>
  );
}

function Report({ of: { comparison_id }, state }: { of: Comparison; state?: string }) {
  const words = useText(WORDS);
  return <Link href={withQuery(`/reconciliation/${comparison_id}`, { state })}>{words.openReport}</Link>;
}

function Comparisons({ comparisons }: { comparisons: readonly Comparison[] }) {
  const words = useText(WORDS);
  return (
    <DataTable
      caption={words.heading}
      rows={comparisons}
      rowKey={(one) => one.comparison_id}
      columns={[
        {
          key: "span",
          header: words.span,
          cell: (one) => (
            <Link className="pc-nowrap" href={`/reconciliation/${one.comparison_id}`}>
              <Span from={one.from} to={one.to} />
            </Link>
          ),
        },
        { key: "state", header: words.state, cell: (one) => <ComparisonState comparison={one} /> },
        { key: "found", header: words.found, cell: (one) => <Found comparison={one} /> },
        { key: "mode", header: words.mode, cell: (one) => words.healsShort[`${one.heal}`] },
        { key: "calls", header: words.callsShort, numeric: true, cell: (one) => words.times(one.calls) },
        { key: "by", header: words.by, cell: (one) => words.people[one.asked_by] ?? one.asked_by },
        { key: "created", header: words.created, cell: (one) => <Time at={one.created_at} /> },
      ]}
    />
  );
}
