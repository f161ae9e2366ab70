import { Link } from "wouter";

import { clockTime } from "./formats.js";
import { StateGroup, type StateRow } from "./StateGroup.js";
import { Backlog, PortOneCalls, Processes, Queues, WebhookLag } from "./SystemParts.js";
import { WORDS } from "./systemWords.js";
import { useLanguage } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { Loaded } from "../components/Loaded.js";
import { Section } from "../components/Page.js";
import { Chip } from "../components/Value.js";
import { useResource } from "../useResource.js";
import { useText } from "../words.js";

type System = Schemas["System"];

const EVERY = 10_000;
/** Milliseconds between two readings. */

/** The reason by which the list of cases has them; `dead` for all others. */
const REASONS: Readonly<Record<string, string>> = {
  orphaned_webhooks: "orphaned",
  refunds_without_account: "needs_account",
  return_requests: "return_requested",
  cancels_awaiting_approval: "awaiting_approval",
  refused_refunds: "refused",
  cash_receipts_not_in_order: "cash_receipt",
};

/** Whether everything runs, what waits, and where to look. */
export function SystemPanel() {
  const words = useText(WORDS);
  const system = useResource<System>("/operations/system", { every: EVERY });
  return (
    <Section heading={words.heading} actions={system.value && <Verdict system={system.value} />}>
      <Loaded of={system}>{(found) => <State system={found} />}</Loaded>
    </Section>
  );
}

function Verdict({ system }: { system: System }) {
  const words = useText(WORDS);
  const failing = system.checks.filter(({ ok }) => !ok).length;
  const waiting = casesOf(system).length;
  const refused = system.portone.filter(({ keys_refused: count }) => count > 0).length;
  const wrong = failing + waiting + refused + system.alerts.open;
  return wrong === 0 ? <Chip tone="good">{words.fine}</Chip> : <Chip tone={failing + refused > 0 ? "bad" : "caution"}>{words.wrong(wrong)}</Chip>;
}

function State({ system }: { system: System }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  return (
    <div className="pc-state">
      <p className="pt-small">
        {[words.asOf(clockTime(new Date(system.at), language)), words.environment[system.environment], system.release && words.version(system.release)]
          .filter(Boolean)
          .join(" · ")}
      </p>
      <Checks checks={system.checks} />
      <Waiting system={system} />
      <Alerts alerts={system.alerts} />
      <Processes processes={system.processes} rollups={system.rollups} />
      <Backlog work={system.work} />
      <Queues queues={system.queues} />
      <PortOneCalls portone={system.portone} />
      <WebhookLag lag={system.webhook_lag} />
    </div>
  );
}

function Checks({ checks }: Pick<System, "checks">) {
  const words = useText(WORDS);
  const rows = checks.map(({ name, ok, detail }): StateRow => {
    const [label, todo] = words.check[name] ?? [name, ""];
    const value = ok ? <Chip tone="good">{words.ok}</Chip> : <Chip tone="bad">{words.failing}</Chip>;
    return { label, value, advice: !ok && (todo ? `${todo} (${detail})` : detail), title: detail };
  });
  return <StateGroup heading={words.checks} rows={rows} />;
}

/** What waits for an operator. Mismatched orders are refunded by themselves, and are other cases where that fails. */
function casesOf({ attention }: Pick<System, "attention">) {
  return Object.entries(attention).filter(([name, count]) => count > 0 && name !== "mismatched_sessions");
}

function Waiting({ system }: { system: System }) {
  const words = useText(WORDS);
  const rows = casesOf(system).map(([name, count]): StateRow => ({
    label: <Link href={`/attention?reason=${REASONS[name] ?? "dead"}`}>{words.attention[name] ?? name}</Link>,
    key: name,
    value: <Chip tone="caution">{words.cases(count)}</Chip>,
  }));
  return (
    <StateGroup heading={words.waiting} rows={rows} empty={words.nothingWaits}>
      <Link href="/attention">{words.toAttention}</Link>
    </StateGroup>
  );
}

function Alerts({ alerts }: Pick<System, "alerts">) {
  const words = useText(WORDS);
  const rows: StateRow[] = [
    { label: words.openAlerts, value: <Chip tone={alerts.open > 0 ? "bad" : "good"}>{words.cases(alerts.open)}</Chip> },
    { label: words.mutedAlerts, value: words.cases(alerts.muted) },
  ];
  return (
    <StateGroup heading={words.alerts} rows={rows}>
      <Link href="/alerts">{words.toAlerts}</Link>
    </StateGroup>
  );
}
