import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { Dialog } from "../../components/Dialog.js";
import type { Schemas } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { ActionProblem, Loaded } from "../components/Loaded.js";
import { useNotify } from "../components/Notices.js";
import { Time } from "../components/Value.js";
import { useAction } from "../useAction.js";
import { useResource } from "../useResource.js";
import { useText } from "../words.js";

/** Where somebody is logged in, each of which can be ended. */
export function LoginsDialog({ person, onClose }: { person: Schemas["Person"]; onClose: () => void }) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const path = `/operations/people/${person.user_id}/logins`;
  const logins = useResource<Schemas["LoginsOf"]>(path);
  const end = async (which: string) => {
    if ((await action.run("DELETE", which)) === null) return;
    notify(words.ended);
    logins.reload();
  };
  return (
    <Dialog open heading={words.loginsHeading(person.username)} onClose={onClose}>
      <Loaded of={logins} isEmpty={({ items }) => items.length === 0} empty={words.noLogins}>
        {({ items }) => (
          <>
            <DataTable
              caption={words.logins}
              rows={items}
              rowKey={(login) => login.id}
              columns={[
                { key: "device", header: words.device, cell: (login) => login.user_agent ?? words.unknownDevice },
                { key: "address", header: words.address, cell: (login) => login.address ?? "–" },
                { key: "factor", header: words.factor, cell: (login) => (login.second_factor ? words.yes : words.no) },
                { key: "used", header: words.lastUsed, cell: (login) => <Time at={login.last_used_at} /> },
                {
                  key: "end",
                  header: words.end,
                  cell: (login) => (
                    <Button kind="text" onClick={() => void end(`${path}/${login.id}`)}>
                      {words.end}
                    </Button>
                  ),
                },
              ]}
            />
            <Button kind="outlined" wide busy={action.busy} onClick={() => void end(path)}>
              {words.endAll}
            </Button>
          </>
        )}
      </Loaded>
      <ActionProblem problem={action.problem} />
    </Dialog>
  );
}
