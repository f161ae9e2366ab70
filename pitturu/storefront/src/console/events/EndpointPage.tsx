import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";

import { Deliveries, useDeliveries } from "./Deliveries.js";
import { EndpointCondition } from "./EndpointCondition.js";
import { EndpointMenu } from "./EndpointMenu.js";
import { Backlog, EndpointState } from "./EndpointState.js";
import { type Endpoint, typeText } from "./types.js";
import { useEndpoint } from "./useEndpoint.js";
import { WORDS } from "./words.js";
import { Alert } from "../../components/Alert.js";
import { Button } from "../../components/Button.js";
import { Facts } from "../../components/Facts.js";
import { useLanguage } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { ActionProblem, Loaded } from "../components/Loaded.js";
import { Page, Section } from "../components/Page.js";
import { Id, Time } from "../components/Value.js";
import { KOREA } from "../days.js";
import { useRefresh, useResource } from "../useResource.js";
import { useConsoleWords, useText } from "../words.js";

const WATCHED = 30_000;
/** Milliseconds for which the deliveries are read again by themselves after something was done. */

/** One endpoint: how it is doing, what was sent to it, and what it answered. */
export function EndpointPage() {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const { id = "" } = useParams<{ id: string }>();
  const endpoints = useResource<Schemas["Endpoints"]>("/event-endpoints");
  const refresh = useRefresh();
  const endpoint = endpoints.value?.items.find(({ endpoint_id }) => endpoint_id === id);
  return (
    <Page
      heading={words.endpointHeading}
      help={words.endpointHelp}
      actions={
        <>
          <Link className="pt-button pt-button-text" href="/events">
            {words.all}
          </Link>
          <Button kind="outlined" icon="refresh" busy={endpoints.busy} onClick={() => void refresh("/event-endpoints")}>
            {shared.refresh}
          </Button>
        </>
      }
    >
      <Loaded of={endpoints}>
        {() => (endpoint ? <Managed endpoint={endpoint} reload={endpoints.reload} /> : <Alert kind="error">{words.gone}</Alert>)}
      </Loaded>
    </Page>
  );
}

function Managed({ endpoint, reload }: { endpoint: Endpoint; reload: () => void }) {
  const words = useText(WORDS);
  const [, navigate] = useLocation();
  const [watchedUntil, watchUntil] = useState(0);
  const deliveries = useDeliveries(endpoint, watchedUntil);
  const changed = () => {
    watchUntil(Date.now() + WATCHED);
    deliveries.page.reload();
    reload();
  };
  const removed = () => {
    reload();
    navigate("/events");
  };
  const actions = useEndpoint(endpoint, changed);
  const lastError = deliveries.page.value?.items.find(({ last_error }) => last_error !== null)?.last_error ?? null;
  return (
    <>
      <EndpointCondition endpoint={endpoint} lastError={lastError} actions={actions} />
      <Section
        heading={endpoint.description || endpoint.url}
        actions={
          <EndpointMenu endpoint={endpoint} actions={actions} onChanged={changed} onRemoving={() => watchUntil(0)} onRemoved={removed} />
        }
      >
        <ActionProblem problem={actions.action.problem} />
        <About endpoint={endpoint} />
      </Section>
      <Section heading={words.deliveries}>
        <Deliveries endpoint={endpoint} deliveries={deliveries} actions={actions} />
      </Section>
    </>
  );
}

function About({ endpoint }: { endpoint: Endpoint }) {
  const words = useText(WORDS);
  const { language, words: shared } = useLanguage();
  const { types, old_secret_until, created_by } = endpoint;
  return (
    <Facts
      rows={[
        [words.url, <Id value={endpoint.url} what={words.url} />],
        [words.state, <EndpointState endpoint={endpoint} />],
        [words.backlog, <Backlog endpoint={endpoint} />],
        [words.types, types.length === 0 ? words.everyType : types.map((type) => typeText(type, language)).join(", ")],
        old_secret_until !== null &&
          new Date(old_secret_until).getTime() > Date.now() && [words.oldSecret, words.until(shared.moment(new Date(old_secret_until), KOREA))],
        [words.created, <Time at={endpoint.created_at} />],
        [words.createdBy, created_by ?? words.terminal],
        [words.id, <Id value={endpoint.endpoint_id} what={words.id} />],
      ]}
    />
  );
}
