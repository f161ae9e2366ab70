import { Link } from "wouter";

import { invariantTexts, recordAddress } from "./invariantTexts.js";
import { WORDS } from "./words.js";
import { useLanguage } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { Empty, Loaded } from "../components/Loaded.js";
import { Section } from "../components/Page.js";
import { Age } from "../components/Value.js";
import { useResource } from "../useResource.js";
import { useText } from "../words.js";

type Violation = Schemas["Violation"];

const EVERY = 60_000;
/** Milliseconds between two readings. */

/** What the last audits found to be broken, and what to do. */
export function Invariants() {
  const words = useText(WORDS);
  const audit = useResource<Schemas["Audit"]>("/operations/audit", { every: EVERY });
  return (
    <Section heading={words.audit}>
      <p className="pt-small">{words.auditHelp}</p>
      <Loaded of={audit}>
        {({ violations, runs }) => (
          <>
            {violations.length === 0 ? <Empty>{words.auditFine}</Empty> : <Violations rows={violations} />}
            <Runs runs={runs} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Violations({ rows }: { rows: readonly Violation[] }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  return (
    <DataTable
      caption={words.audit}
      rows={rows}
      rowKey={({ invariant }) => invariant}
      columns={[
        { key: "invariant", header: words.invariant, cell: (row) => <Title row={row} /> },
        { key: "rows", header: words.rows, cell: (row) => <Records row={row} /> },
        { key: "since", header: words.brokenSince, cell: (row) => <Age at={row.since} /> },
        { key: "todo", header: words.todo, cell: (row) => invariantTexts(row, language).advice },
      ]}
    />
  );
}

function Title({ row }: { row: Violation }) {
  const { language } = useLanguage();
  return (
    <span className="pc-stack">
      {invariantTexts(row, language).title}
      <code>{row.invariant}</code>
    </span>
  );
}

function Records({ row }: { row: Violation }) {
  return (
    <ul className="pc-plain">
      {row.rows.map((name) => {
        const address = recordAddress(row, name);
        return <li key={name}>{address ? <Link href={address}>{name}</Link> : <code>{name}</code>}</li>;
      })}
    </ul>
  );
}

function Runs({ runs }: { runs: readonly Schemas["AuditRun"][] }) {
  const words = useText(WORDS);
  return (
    <p className="pt-small">
      {words.lastRuns}
      {runs.length === 0 && `: ${words.never}`}
      {runs.map(({ scope, ended_at }) => (
        <span key={scope}>
          {" "}
          · {words.scopes[scope] ?? scope} {ended_at ? <Age at={ended_at} /> : words.never}
        </span>
      ))}
    </p>
  );
}
