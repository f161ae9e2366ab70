import { useState } from "react";

import { LoginsDialog } from "./LoginsDialog.js";
import { RoleDialog } from "./RoleDialog.js";
import { ROLES, WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { Field, Select } from "../../components/Field.js";
import { type Schemas, withQuery } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { FilterForm } from "../components/FilterForm.js";
import { Loaded } from "../components/Loaded.js";
import { Page } from "../components/Page.js";
import { Pager } from "../components/Pager.js";
import { Chip, Time } from "../components/Value.js";
import { useOperator } from "../session.js";
import { useFilters } from "../useFilters.js";
import { useResource } from "../useResource.js";
import { useConsoleWords, useText } from "../words.js";

type Person = Schemas["Person"];

const NAMES = ["search", "role"] as const;

/** All users, with their roles and logins. */
export function PeoplePage() {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const filters = useFilters(NAMES);
  const page = useResource<Schemas["People"]>(withQuery("/operations/people", { ...filters.values, cursor: filters.cursor }));
  const roles = ROLES.map((role) => [role, shared.roles[role] ?? role] as const);
  return (
    <Page heading={words.heading} help={words.help}>
      <FilterForm filters={filters}>
        {(draft, change) => (
          <>
            <Field label={words.search} name="search" maxLength={255} value={draft.search} onChange={(value) => change("search", value)} />
            <Select label={words.role} name="role" value={draft.role} choices={[["", shared.any], ...roles]} onChange={(value) => change("role", value)} />
          </>
        )}
      </FilterForm>
      <Loaded of={page} isEmpty={({ items }) => items.length === 0} empty={shared.nothingFound}>
        {({ items, next }) => (
          <>
            <People people={items} onChanged={page.reload} />
            <Pager filters={filters} next={next} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function People({ people, onChanged }: { people: readonly Person[]; onChanged: () => void }) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  return (
    <DataTable
      caption={words.heading}
      rows={people}
      rowKey={(person) => person.user_id}
      columns={[
        { key: "name", header: words.name, cell: (person) => person.username },
        { key: "role", header: words.role, cell: (person) => <RoleChip person={person} /> },
        {
          key: "kind",
          header: words.kind,
          cell: (person) => (person.erased_at ? words.erased : person.logs_in ? words.ownLogin : words.outside),
        },
        { key: "created", header: words.created, cell: (person) => <Time at={person.created_at} /> },
        { key: "actions", header: shared.actions, cell: (person) => <Actions person={person} onChanged={onChanged} /> },
      ]}
    />
  );
}

function RoleChip({ person }: { person: Person }) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const name = (role: string) => shared.roles[role] ?? role;
  if (person.role_limit !== null) return <Chip tone="caution">{words.limit(name(person.role_limit))}</Chip>;
  return <Chip tone={person.role === "buyer" ? "neutral" : "good"}>{name(person.role)}</Chip>;
}

/** Nobody changes an own role, and those who were erased have none. */
function Actions({ person, onChanged }: { person: Person; onChanged: () => void }) {
  const words = useText(WORDS);
  const self = useOperator().username === person.username;
  const [open, setOpen] = useState<"role" | "logins" | null>(null);
  const close = () => setOpen(null);
  if (person.erased_at !== null) return <>–</>;
  return (
    <span className="pt-row">
      {!self && (
        <Button kind="text" onClick={() => setOpen("role")}>
          {words.changeRole}
        </Button>
      )}
      {person.logs_in && (
        <Button kind="text" onClick={() => setOpen("logins")}>
          {words.logins}
        </Button>
      )}
      {open === "role" && <RoleDialog person={person} onClose={close} onChanged={onChanged} />}
      {open === "logins" && <LoginsDialog person={person} onClose={close} />}
    </span>
  );
}
