import { useState } from "react";

import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import type { Schemas } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { Section } from "../components/Page.js";
import { Chip, Time } from "../components/Value.js";
import { useMay } from "../session.js";
import { useText } from "../words.js";
import { ReplayDialog } from "../cases/ReplayDialog.js";
import { WORDS as WORK } from "../cases/words.js";

type Job = Schemas["Work"];

/** Jobs of the order that are scheduled, failing, or out of tries. */
export function Jobs({ order, onDone }: { order: Schemas["Order"]; onDone: () => void }) {
  const [words, work] = [useText(WORDS), useText(WORK)];
  const may = useMay();
  const [replaying, setReplaying] = useState<string | null>(null);
  const rows = order.work;
  const replayable = may("replay") && rows.some((job) => job.replayable);
  return (
    <Section heading={words.jobs}>
      {rows.length === 0 ? (
        <p className="pt-small">{words.noJobs}</p>
      ) : (
        <DataTable
          caption={words.jobs}
          rows={rows}
          rowKey={(job) => `${job.job} ${job.id}`}
          columns={[
            { key: "job", header: words.job, cell: (job) => work.jobs[job.job] ?? job.doing },
            { key: "state", header: words.status, cell: (job) => <State job={job} /> },
            { key: "due", header: words.due, cell: (job) => <Time at={job.due_at} /> },
            { key: "tries", header: words.tries, numeric: true, cell: (job) => job.attempts },
            { key: "error", header: words.error, cell: (job) => job.last_error ?? "–" },
            replayable && {
              key: "action",
              header: words.action,
              cell: (job) =>
                job.replayable && (
                  <Button kind="text" onClick={() => setReplaying(job.id)}>
                    {work.replay}
                  </Button>
                ),
            },
          ]}
        />
      )}
      {replaying && <ReplayDialog ids={[replaying]} onClose={() => setReplaying(null)} onDone={onDone} />}
    </Section>
  );
}

function State({ job }: { job: Job }) {
  const words = useText(WORDS);
  if (job.dead_since !== null) return <Chip tone="bad">{words.stopped}</Chip>;
  return job.overdue ? <Chip tone="caution">{words.overdue}</Chip> : <Chip>{words.planned}</Chip>;
}
