import { useState } from "react";

import { MuteDialog } from "./MuteDialog.js";
import { ruleTexts } from "./rules.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { useLanguage } from "../../i18n/language.js";
import { type Schemas, withQuery } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { ActionProblem, Empty, Loaded } from "../components/Loaded.js";
import { useNotify } from "../components/Notices.js";
import { Page, Section } from "../components/Page.js";
import { Pager } from "../components/Pager.js";
import { Chip, Time } from "../components/Value.js";
import { KOREA } from "../days.js";
import { Can, useMay } from "../session.js";
import { useAction } from "../useAction.js";
import { useFilters } from "../useFilters.js";
import { useResource } from "../useResource.js";
import { useText } from "../words.js";

type Rule = Schemas["AlertRule"];
type Alert = Schemas["Alert"];

const EVERY = 15_000;
/** Milliseconds between two readings. */

/** The rules that are watched, and the times that they were broken. */
export function AlertsPage() {
  const words = useText(WORDS);
  const filters = useFilters([]);
  const page = useResource<Schemas["AlertsPage"]>(withQuery("/operations/alerts", { cursor: filters.cursor }), { every: EVERY });
  return (
    <Page heading={words.heading} help={words.help}>
      <Loaded of={page}>
        {({ rules, items, next }) => (
          <>
            <Section heading={words.rules}>
              <Rules rules={rules} broken={new Set(items.filter((alert) => alert.ended_at === null).map((alert) => alert.rule))} reload={page.reload} />
            </Section>
            <Section heading={words.history}>
              {items.length === 0 ? <Empty>{words.quiet}</Empty> : <History alerts={items} rules={rules} />}
              <Pager filters={filters} next={next} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Rules({ rules, broken, reload }: { rules: readonly Rule[]; broken: ReadonlySet<string>; reload: () => void }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  const may = useMay();
  return (
    <DataTable
      caption={words.rules}
      rows={rules}
      rowKey={(rule) => rule.rule}
      columns={[
        { key: "rule", header: words.rule, cell: (rule) => ruleTexts(rule, language).title },
        { key: "state", header: words.state, cell: (rule) => <State rule={rule} broken={broken.has(rule.rule)} /> },
        { key: "measured", header: words.measured, cell: (rule) => rule.detail || "–" },
        { key: "todo", header: words.todo, cell: (rule) => (broken.has(rule.rule) ? ruleTexts(rule, language).todo : "–") },
        may("mute_alerts") && { key: "mute", header: words.announced, cell: (rule) => <Mute rule={rule} reload={reload} /> },
      ]}
    />
  );
}

function State({ rule, broken }: { rule: Rule; broken: boolean }) {
  const words = useText(WORDS);
  const { words: shared } = useLanguage();
  return (
    <span className="pt-row">
      {broken ? <Chip tone="bad">{words.open}</Chip> : <Chip tone="good">{words.fine}</Chip>}
      {rule.muted_until && <Chip tone="caution">{words.muted(shared.moment(new Date(rule.muted_until), KOREA))}</Chip>}
    </span>
  );
}

function Mute({ rule, reload }: { rule: Rule; reload: () => void }) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const [asking, setAsking] = useState(false);
  const unmute = async () => {
    if ((await action.run("DELETE", `/operations/alerts/${rule.rule}/mute`)) === null) return;
    notify(words.unmutedNow);
    reload();
  };
  return (
    <Can permission="mute_alerts">
      {rule.muted_until ? (
        <Button kind="text" busy={action.busy} onClick={() => void unmute()}>
          {words.unmute}
        </Button>
      ) : (
        <Button kind="text" onClick={() => setAsking(true)}>
          {words.mute}
        </Button>
      )}
      <ActionProblem problem={action.problem} />
      {asking && <MuteDialog rule={rule} onClose={() => setAsking(false)} onMuted={reload} />}
    </Can>
  );
}

function History({ alerts, rules }: { alerts: readonly Alert[]; rules: readonly Rule[] }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  const title = (alert: Alert) => {
    const rule = rules.find(({ rule }) => rule === alert.rule);
    return rule ? ruleTexts(rule, language).title : alert.rule;
  };
  return (
    <DataTable
      caption={words.history}
      rows={alerts}
      rowKey={(alert) => alert.alert_id}
      columns={[
        { key: "rule", header: words.rule, cell: title },
        {
          key: "state",
          header: words.state,
          cell: (alert) => <Chip tone={alert.severity === "critical" ? "bad" : "caution"}>{words.severity[alert.severity]}</Chip>,
        },
        { key: "raised", header: words.raised, cell: (alert) => <Time at={alert.raised_at} /> },
        { key: "ended", header: words.ended, cell: (alert) => (alert.ended_at ? <Time at={alert.ended_at} /> : words.open) },
        { key: "detail", header: words.detail, cell: (alert) => alert.detail },
        {
          key: "announced",
          header: words.announced,
          cell: (alert) => (alert.announced_at ? <Time at={alert.announced_at} /> : words.notAnnounced),
        },
      ]}
    />
  );
}
