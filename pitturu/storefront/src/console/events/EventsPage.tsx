import { useState } from "react";
import { Link, useLocation } from "wouter";

import { EndpointDialog } from "./EndpointDialog.js";
import { Backlog, EndpointState } from "./EndpointState.js";
import { RecentEvents } from "./RecentEvents.js";
import { SecretDialog } from "./SecretDialog.js";
import { type Endpoint, typeText } from "./types.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { useLanguage } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { Loaded } from "../components/Loaded.js";
import { Page, Section } from "../components/Page.js";
import { Can } from "../session.js";
import { useRefresh, useResource } from "../useResource.js";
import { useConsoleWords, useText } from "../words.js";

/** Where events are sent, and what happened lately. */
export function EventsPage() {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const refresh = useRefresh();
  const again = (
    <Button kind="outlined" icon="refresh" onClick={() => void refresh("/event")}>
      {shared.refresh}
    </Button>
  );
  return (
    <Page heading={words.heading} help={words.help} actions={again}>
      <Can permission="manage_event_endpoints">
        <Endpoints />
      </Can>
      <RecentEvents />
    </Page>
  );
}

function Endpoints() {
  const words = useText(WORDS);
  const [, navigate] = useLocation();
  const [adding, setAdding] = useState(false);
  const [added, setAdded] = useState<Schemas["EndpointSecret"] | null>(null);
  const endpoints = useResource<Schemas["Endpoints"]>("/event-endpoints");
  const add = (
    <Button icon="plus" onClick={() => setAdding(true)}>
      {words.add}
    </Button>
  );
  return (
    <Section heading={words.endpoints} actions={add}>
      <Loaded of={endpoints} isEmpty={({ items }) => items.length === 0} empty={words.noEndpoints}>
        {({ items }) => <EndpointTable endpoints={items} />}
      </Loaded>
      {adding && (
        <EndpointDialog
          onClose={() => setAdding(false)}
          onDone={(made) => {
            setAdding(false);
            setAdded(made as Schemas["EndpointSecret"]);
            endpoints.reload();
          }}
        />
      )}
      {added && <SecretDialog secret={added.secret} onClose={() => navigate(`/events/${added.endpoint_id}`)} />}
    </Section>
  );
}

function EndpointTable({ endpoints }: { endpoints: readonly Endpoint[] }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  return (
    <DataTable
      caption={words.endpoints}
      rows={endpoints}
      rowKey={({ endpoint_id }) => endpoint_id}
      columns={[
        {
          key: "url",
          header: words.url,
          cell: ({ endpoint_id, url, description }) => (
            <span className="pc-stack pc-url">
              <Link href={`/events/${endpoint_id}`}>{url}</Link>
              {description && <span className="pt-small">{description}</span>}
            </span>
          ),
        },
        { key: "state", header: words.state, cell: (endpoint) => <EndpointState endpoint={endpoint} /> },
        { key: "backlog", header: words.backlog, cell: (endpoint) => <Backlog endpoint={endpoint} /> },
        {
          key: "types",
          header: words.types,
          cell: ({ types }) => (types.length === 0 ? words.everyType : types.map((type) => typeText(type, language)).join(", ")),
        },
      ]}
    />
  );
}
