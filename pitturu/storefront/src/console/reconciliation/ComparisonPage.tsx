import { useEffect } from "react";
import { Link, useParams } from "wouter";

import { Downloads } from "./Downloads.js";
import { FindingList } from "./FindingList.js";
import { type Comparison, ComparisonState, Span } from "./parts.js";
import { WORDS } from "./words.js";
import { Alert } from "../../components/Alert.js";
import { Button } from "../../components/Button.js";
import { Facts } from "../../components/Facts.js";
import { type Schemas, withQuery } from "../api.js";
import { Figure, Figures } from "../components/Figure.js";
import { ActionProblem, Empty, Loaded } from "../components/Loaded.js";
import { useNotify } from "../components/Notices.js";
import { Page, Section } from "../components/Page.js";
import { Pager } from "../components/Pager.js";
import { Tabs } from "../components/Tabs.js";
import { Id, Time } from "../components/Value.js";
import { Can } from "../session.js";
import { useAction } from "../useAction.js";
import { useFilters } from "../useFilters.js";
import { useResource } from "../useResource.js";
import { useText } from "../words.js";

const EVERY = 2000;
/** Milliseconds between two readings of the progress. */
const FINDINGS = 100;
const MOST_LISTED = 1000;
/** Findings of one kind that are recorded. */
const STATES = ["", "open", "asked", "healed"] as const;
const SETTLING = "Not all sessions";
/** How the server's reason begins while a comparison waits for PortOne's answers. */

/** The report of one comparison. */
export function ComparisonPage() {
  const words = useText(WORDS);
  const { id = "" } = useParams<{ id: string }>();
  const filters = useFilters(["state"]);
  const path = `/operations/comparisons/${encodeURIComponent(id)}`;
  const { state } = filters.values;
  const report = useResource<Schemas["ComparisonReport"]>(withQuery(path, { state, after: filters.cursor, limit: FINDINGS }));
  const live = useProgress(report.value, report.reload);
  return (
    <Page
      heading={words.reportHeading}
      help={words.reportHelp}
      actions={
        <>
          <Link className="pt-button pt-button-text" href="/reconciliation">
            {words.all}
          </Link>
          {report.value && <Downloads path={path} name={id} />}
        </>
      }
    >
      <Loaded of={report}>
        {(value) => (
          <>
            <Head comparison={live ?? value} reload={report.reload} />
            <Section heading={words.findings}>
              <Tabs
                label={words.findings}
                tabs={STATES.map((one) => ({
                  href: withQuery(`/reconciliation/${id}`, { state: one }),
                  label: one === "" ? words.byState[""] : `${words.byState[one]} ${value.states[one] ?? 0}`,
                  current: one === state,
                }))}
              />
              {value.findings.length === 0 ? (
                <Empty>{state !== "" ? words.noneOfState : value.status === "ended" ? words.noFindings : words.notYet}</Empty>
              ) : (
                <FindingList findings={value.findings} />
              )}
              {Object.values(value.counts).some((count) => count >= MOST_LISTED) && <p className="pt-small">{words.moreThan(MOST_LISTED)}</p>}
              <Pager filters={filters} next={value.next === null ? null : String(value.next)} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

/**
 * The comparison as it is now while it runs. Reading a report leaves a line in the operator log, so the progress is read
 * from the list, and the report only when something in it has changed.
 */
function useProgress(report: Comparison | undefined, reload: () => void): Comparison | undefined {
  const running = report?.status === "running";
  const list = useResource<Schemas["ComparisonsPage"]>(running ? withQuery("/operations/comparisons", { scope: report.scope }) : null, {
    every: EVERY,
  });
  const live = running ? list.value?.items.find((one) => one.comparison_id === report.comparison_id) : undefined;
  const changed = live !== undefined && news(live) !== news(report);
  useEffect(() => {
    if (changed) reload();
  }, [changed, live && news(live)]);
  return live;
}

/** What a report has changed by. */
function news(comparison: Comparison | undefined): string {
  return JSON.stringify([comparison?.status, comparison?.counts, comparison?.states]);
}

function Head({ comparison, reload }: { comparison: Comparison; reload: () => void }) {
  const words = useText(WORDS);
  const { status, states, calls, listed } = comparison;
  return (
    <>
      <Condition comparison={comparison} reload={reload} />
      <Figures>
        <Figure label={words.byState.open} value={words.payments(states["open"] ?? 0)} />
        <Figure label={words.byState.healed} value={words.payments(states["healed"] ?? 0)} />
        <Figure label={words.listed} value={words.payments(listed)} />
        <Figure label={words.calls} value={words.times(calls)} />
      </Figures>
      <Facts
        rows={[
          [words.state, <ComparisonState comparison={comparison} />],
          [words.span, <Span from={comparison.from} to={comparison.to} />],
          [words.mode, comparison.scope === "webhooks" ? words.tabs.webhooks : words.heals[`${comparison.heal}`]],
          comparison.scope === "full" && [words.api, comparison.generations.map((name) => name.toUpperCase()).join(", ")],
          [words.by, words.people[comparison.asked_by] ?? comparison.asked_by],
          [words.created, <Time at={comparison.created_at} />],
          status === "ended" && [words.ended, <Time at={comparison.ended_at} />],
          [words.id, <Id value={comparison.comparison_id} what={words.id} />],
        ]}
      />
    </>
  );
}

/** What the comparison does now, and what to do when it has stopped. */
function Condition({ comparison: { comparison_id, status, last_error }, reload }: { comparison: Comparison; reload: () => void }) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  if (status === "ended") return null;
  const goOn = async () => {
    const answer = await action.run<Schemas["Replayed"]>("POST", "/operations/replay", { ids: [comparison_id] });
    if (answer === null) return;
    notify(answer.replayed.length > 0 ? words.goneOn : words.notGoneOn);
    reload();
  };
  const settling = last_error?.startsWith(SETTLING) ?? false;
  const text = status === "dead" ? words.dead : settling ? words.settling : last_error ? words.retrying : words.running;
  return (
    <Alert kind={status === "dead" ? "error" : "waiting"}>
      <p>{text}</p>
      {last_error && !settling && (
        <p className="pt-small">
          {words.lastError}: <code>{last_error}</code>
        </p>
      )}
      {status === "dead" && (
        <Can permission="replay">
          <Button kind="tonal" busy={action.busy} onClick={() => void goOn()}>
            {words.goOn}
          </Button>
        </Can>
      )}
      <ActionProblem problem={action.problem} />
    </Alert>
  );
}
