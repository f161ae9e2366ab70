import { Link } from "wouter";

import { canAskAgain, type Finding, findingTitle, findingTodo, isUnissued } from "./findings.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { useLanguage } from "../../i18n/language.js";
import { type Schemas, withQuery } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { ActionProblem } from "../components/Loaded.js";
import { useNotify } from "../components/Notices.js";
import { Chip, Id, type Tone, Won } from "../components/Value.js";
import { Can } from "../session.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

const TONES: Record<Finding["state"], Tone> = { open: "bad", asked: "caution", healed: "good" };

/** Differences, each with both values, what became of it and what to do. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  return (
    <DataTable
      caption={words.findings}
      rows={findings}
      rowKey={({ kind, provider_id, what }) => `${kind} ${provider_id} ${what}`}
      columns={[
        { key: "finding", header: words.finding, cell: (finding) => <strong>{findingTitle(finding, language)}</strong> },
        { key: "state", header: words.state, cell: ({ state }) => <Chip tone={TONES[state]}>{words.byState[state]}</Chip> },
        { key: "order", header: words.order, cell: (finding) => <Order finding={finding} /> },
        { key: "ours", header: words.ours, cell: (finding) => <Side finding={finding} value={finding.ours} /> },
        { key: "theirs", header: words.theirs, cell: (finding) => <Side finding={finding} value={finding.theirs} /> },
        { key: "amount", header: words.amount, numeric: true, cell: ({ amount }) => (amount > 0 ? <Won amount={amount} /> : "–") },
        { key: "todo", header: words.todo, cell: (finding) => <Todo finding={finding} /> },
      ]}
    />
  );
}

/** The order with a link to its page; of an order that was never issued here only PortOne has anything. */
function Order({ finding }: { finding: Finding }) {
  const words = useText(WORDS);
  const { kind, order_id, provider_id } = finding;
  if (isUnissued(finding)) {
    return (
      <span className="pc-stack">
        <code>{order_id}</code>
        <Id value={provider_id} what={words.portoneId} />
      </span>
    );
  }
  return (
    <Link className="pc-nowrap" href={`/payments/${encodeURIComponent(kind === "unknown" ? provider_id : order_id)}`}>
      <code>{order_id}</code>
    </Link>
  );
}

/** One of the two values that differ, as people read it. */
function Side({ finding: { kind }, value }: { finding: Finding; value: string }) {
  const words = useText(WORDS);
  const { words: shared } = useLanguage();
  if (value === "") return <>{words.absent}</>;
  if (kind === "amount" || kind === "cancelled_amount" || kind === "receipt_amount") return <Won amount={Number(value)} />;
  if (kind === "method") return <>{(shared.form.methods as Record<string, string>)[value] ?? value}</>;
  if (kind === "webhook_missing") return <>{words.moved[value] ?? value}</>;
  return <>{(shared.status as Record<string, string>)[value] ?? words.provider[value] ?? value}</>;
}

function Todo({ finding }: { finding: Finding }) {
  const words = useText(WORDS);
  const { language, words: shared } = useLanguage();
  const { kind, order_id, refund } = finding;
  return (
    <div className="pc-todo">
      <span>{findingTodo(finding, language)}</span>
      {refund && <Chip>{shared.stages[refund]}</Chip>}
      {canAskAgain(finding) && <AskAgain order={order_id} />}
      {kind === "webhook_missing" && <Link href={withQuery("/webhooks", { order: order_id })}>{words.webhooksOf}</Link>}
    </div>
  );
}

function AskAgain({ order }: { order: string }) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const ask = async () => {
    const answer = await action.run<Schemas["Asked"]>("POST", `/operations/payments/${encodeURIComponent(order)}/verify`);
    if (answer !== null) notify(answer.state === "asked" ? words.verified : words.alreadyAsked);
  };
  return (
    <Can permission="replay">
      <Button kind="tonal" busy={action.busy} onClick={() => void ask()}>
        {words.verify}
      </Button>
      <ActionProblem problem={action.problem} />
    </Can>
  );
}
