import { Link } from "wouter";

import { duration } from "./formats.js";
import { StateGroup, type StateRow } from "./StateGroup.js";
import { WORDS } from "./systemWords.js";
import { useLanguage } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { Chip } from "../components/Value.js";
import { useConsoleWords, useText } from "../words.js";

type System = Schemas["System"];

const LATE = 60;
/** Seconds after which work that is due is marked. */

export function Processes({ processes, rollups }: Pick<System, "processes" | "rollups">) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const state = ({ kind, alive, age_s: age }: System["processes"][number]) => {
    const ago = age === null ? words.never : shared.ago(age);
    if (alive === 0) return <Chip tone="bad">{age === null ? words.never : words.lost(ago)}</Chip>;
    return kind === "sweep" ? words.seen(ago) : words.alive(alive, ago);
  };
  const rows = processes.map((process): StateRow => ({ label: words.process[process.kind] ?? process.kind, value: state(process) }));
  const counted = rollups.age_s === null ? words.notCounted : words.counted(shared.ago(rollups.age_s));
  return <StateGroup heading={words.processes} rows={[...rows, { label: words.rollups, value: counted }]} />;
}

export function Backlog({ work }: Pick<System, "work">) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const rows = work
    .filter(({ due }) => due > 0)
    .map(({ job, due, oldest_overdue_s: oldest }): StateRow => {
      const text = words.due(due, oldest === null ? null : shared.lasting(oldest));
      return { label: words.jobs[job] ?? job, value: (oldest ?? 0) > LATE ? <Chip tone="caution">{text}</Chip> : text };
    });
  return <StateGroup heading={words.backlog} rows={rows} empty={words.noBacklog} />;
}

export function Queues({ queues }: Pick<System, "queues">) {
  const words = useText(WORDS);
  const rows = (queues ?? []).map(({ name, length }): StateRow => ({ label: words.queue[name] ?? name, value: words.wakeUps(length) }));
  return <StateGroup heading={words.queues} rows={rows} empty={words.noQueues} />;
}

export function PortOneCalls({ portone }: Pick<System, "portone">) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const { language } = useLanguage();
  const ago = (at: string) => shared.ago((Date.now() - Date.parse(at)) / 1000);
  const rows = portone.map((one): StateRow => {
    const calls = one.calls === 0 ? words.noCalls : words.calls(one.calls, one.errors);
    const took = one.p50_ms === null || one.p95_ms === null ? null : words.latency(duration(one.p50_ms, language), duration(one.p95_ms, language));
    return {
      label: one.generation.toUpperCase(),
      value: (
        <>
          {one.errors > 0 ? <Chip tone="caution">{calls}</Chip> : calls}
          {took && <span className="pt-small">{took}</span>}
        </>
      ),
      advice: one.refused_at !== null && words.refused(ago(one.refused_at), one.refused_reason ?? ""),
    };
  });
  const seconds = Math.max(0, ...portone.map(({ since_s: since }) => since));
  return <StateGroup heading={words.portone(Math.max(1, Math.round(seconds / 60)))} rows={rows} />;
}

export function WebhookLag({ lag }: { lag: Schemas["Durations"] }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  const rows: StateRow[] = [{ label: words.received, value: words.cases(lag.count) }];
  if (lag.p50_ms !== null && lag.p95_ms !== null) {
    rows.push({ label: words.lag, value: words.latency(duration(lag.p50_ms, language), duration(lag.p95_ms, language)) });
  }
  return (
    <StateGroup heading={words.webhooks} rows={rows}>
      <Link href="/webhooks">{words.toWebhooks}</Link>
    </StateGroup>
  );
}
