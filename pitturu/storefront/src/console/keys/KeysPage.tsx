import { useState } from "react";

import { NewKeyDialog } from "./NewKeyDialog.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { DataTable } from "../components/DataTable.js";
import { Loaded } from "../components/Loaded.js";
import { useNotify } from "../components/Notices.js";
import { Page } from "../components/Page.js";
import { Chip, Time } from "../components/Value.js";
import { useAction } from "../useAction.js";
import { useResource } from "../useResource.js";
import { useText } from "../words.js";

type Key = Schemas["ApiKey"];

/** The keys of the shop's servers. */
export function KeysPage() {
  const words = useText(WORDS);
  const keys = useResource<Schemas["ApiKeys"]>("/api-keys");
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<Key | null>(null);
  return (
    <Page heading={words.heading} help={words.help} actions={<Button icon="plus" onClick={() => setMaking(true)}>{words.make}</Button>}>
      <Loaded of={keys} isEmpty={({ items }) => items.length === 0} empty={words.empty}>
        {({ items }) => <Keys keys={items} onEnd={setEnding} />}
      </Loaded>
      {making && <NewKeyDialog onClose={() => setMaking(false)} onMade={keys.reload} />}
      {ending && <EndDialog apiKey={ending} onClose={() => setEnding(null)} onEnded={keys.reload} />}
    </Page>
  );
}

function Keys({ keys, onEnd }: { keys: readonly Key[]; onEnd: (key: Key) => void }) {
  const words = useText(WORDS);
  return (
    <DataTable
      caption={words.heading}
      rows={keys}
      rowKey={(key) => key.name}
      columns={[
        { key: "name", header: words.name, cell: (key) => key.name },
        { key: "shown", header: words.shown, cell: (key) => <code>{key.shown}…</code> },
        { key: "state", header: words.state, cell: (key) => <State apiKey={key} /> },
        { key: "environment", header: words.environment, cell: (key) => words.environments[key.environment] ?? key.environment },
        { key: "scopes", header: words.scopes, cell: (key) => key.scopes.join(", ") },
        { key: "used", header: words.used, cell: (key) => (key.last_used_at ? <Time at={key.last_used_at} /> : words.unused) },
        { key: "until", header: words.until, cell: (key) => (key.expires_at ? <Time at={key.expires_at} /> : words.never) },
        { key: "by", header: words.by, cell: (key) => key.created_by ?? words.terminal },
        {
          key: "end",
          header: words.end,
          cell: (key) =>
            isActive(key) ? (
              <Button kind="text" onClick={() => onEnd(key)}>
                {words.end}
              </Button>
            ) : (
              "–"
            ),
        },
      ]}
    />
  );
}

function isActive(key: Key): boolean {
  return key.ended_at === null && (key.expires_at === null || new Date(key.expires_at) > new Date());
}

function State({ apiKey }: { apiKey: Key }) {
  const words = useText(WORDS);
  if (isActive(apiKey)) return <Chip tone="good">{words.active}</Chip>;
  return <Chip>{apiKey.ended_at ? words.ended : words.expired}</Chip>;
}

function EndDialog({ apiKey, onClose, onEnded }: { apiKey: Key; onClose: () => void; onEnded: () => void }) {
  const words = useText(WORDS);
  const action = useAction();
  const notify = useNotify();
  const end = async () => {
    if ((await action.run("DELETE", `/api-keys/${encodeURIComponent(apiKey.name)}`)) === null) return;
    notify(words.endedNow);
    onEnded();
    onClose();
  };
  return (
    <ActionDialog
      heading={words.endHeading(apiKey.name)}
      confirm={words.end}
      busy={action.busy}
      problem={action.problem}
      dangerous
      onConfirm={() => void end()}
      onClose={onClose}
    >
      <p>{words.endHelp}</p>
    </ActionDialog>
  );
}
