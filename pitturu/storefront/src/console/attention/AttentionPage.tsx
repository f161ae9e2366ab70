import { useState } from "react";

import { AcknowledgeDialog } from "./AcknowledgeDialog.js";
import { Cases } from "./Cases.js";
import { Invariants } from "./Invariants.js";
import { Tabs } from "./Tabs.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { type Schemas, withQuery } from "../api.js";
import { ChooseAll } from "../components/ChooseAll.js";
import { Loaded } from "../components/Loaded.js";
import { Page } from "../components/Page.js";
import { useMay } from "../session.js";
import { useFilters } from "../useFilters.js";
import { useRefresh, useResource } from "../useResource.js";
import { useSelection } from "../useSelection.js";
import { useText } from "../words.js";
import { ReplayDialog } from "../cases/ReplayDialog.js";

type Case = Schemas["Case"];

const NAMES = ["reason", "acknowledged"] as const;
const MOST = 100;
/** Cases at once: as many as one request replays. */
const EVERY = 60_000;
/** Milliseconds between two readings, each of which is a line of the operator log. */

/** Work that needs an operator, with what to do about it, and invariants that are broken. */
export function AttentionPage() {
  const words = useText(WORDS);
  const filters = useFilters(NAMES);
  const path = withQuery("/operations/dead", { ...filters.values, limit: MOST });
  const list = useResource<Schemas["Dead"]>(path, { every: EVERY });
  const refresh = useRefresh();
  const reload = () => void Promise.all([refresh("/operations/dead"), refresh("/operations/system")]);
  const acknowledged = filters.values.acknowledged === "true";
  return (
    <Page heading={words.heading} help={words.help}>
      <Tabs filters={filters} counts={acknowledged ? null : (list.value?.counts ?? null)} />
      <Loaded of={list} isEmpty={({ items }) => items.length === 0} empty={acknowledged ? words.emptyAcknowledged : words.empty}>
        {({ items, total }) => (
          <>
            <Chosen key={path} rows={items} reload={reload} />
            {items.length < total && <p className="pt-small">{words.cutOff(items.length, total)}</p>}
          </>
        )}
      </Loaded>
      <Invariants />
    </Page>
  );
}

/** The cases, and what can be done about several of them at once. */
function Chosen({ rows, reload }: { rows: readonly Case[]; reload: () => void }) {
  const words = useText(WORDS);
  const may = useMay();
  const selection = useSelection(rows, (row) => row.id);
  const [open, setOpen] = useState<"replay" | "acknowledge" | null>(null);
  const close = () => setOpen(null);
  const idsFor = (action: Case["actions"][number]) => selection.rows.filter((row) => row.actions.includes(action)).map(({ id }) => id);
  const [replayable, acknowledgeable] = [idsFor("replay"), idsFor("acknowledge")];
  const several = may("replay") && rows.some((row) => row.acknowledged === null);
  return (
    <>
      {several && (
        <div className="pt-row">
          <ChooseAll selection={selection} />
          <Button kind="tonal" disabled={replayable.length === 0} onClick={() => setOpen("replay")}>
            {words.replayChosen(replayable.length)}
          </Button>
          <Button kind="outlined" disabled={acknowledgeable.length === 0} onClick={() => setOpen("acknowledge")}>
            {words.acknowledgeChosen(acknowledgeable.length)}
          </Button>
        </div>
      )}
      <Cases rows={rows} selection={several ? selection : undefined} reload={reload} />
      {open === "replay" && <ReplayDialog ids={replayable} onClose={close} onDone={reload} />}
      {open === "acknowledge" && <AcknowledgeDialog ids={acknowledgeable} onClose={close} onDone={reload} />}
    </>
  );
}
