import { useState } from "react";
import { Link, useParams } from "wouter";

import { kindText } from "./kinds.js";
import { canReplay, situationOf } from "./situation.js";
import { WebhookOrder } from "./WebhooksPage.js";
import { WebhookState } from "./WebhookState.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { Facts } from "../../components/Facts.js";
import { useLanguage } from "../../i18n/language.js";
import { type Schemas, withQuery } from "../api.js";
import { Code, prettyForm, prettyJson } from "../components/Code.js";
import { ActionProblem, Loaded } from "../components/Loaded.js";
import { useNotify } from "../components/Notices.js";
import { Page, Section } from "../components/Page.js";
import { Id, Time } from "../components/Value.js";
import { Can } from "../session.js";
import { useAction } from "../useAction.js";
import { useResource } from "../useResource.js";
import { useConsoleWords, useText } from "../words.js";

type Detail = Schemas["WebhookDetail"];

const EVERY = 2000;
/** Milliseconds between two readings after it was made due: each of them leaves a line in the operator log. */
const WATCHED = 30_000;
/** Milliseconds for which it is read again by itself. */

/** One webhook, and what came of it. */
export function WebhookPage() {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const { id = "" } = useParams<{ id: string }>();
  const [watchedUntil, watchUntil] = useState(0);
  const webhook = useResource<Detail>(`/operations/webhooks/${encodeURIComponent(id)}`, {
    every: (value) => (value?.state === "pending" && Date.now() < watchedUntil ? EVERY : 0),
  });
  const watch = () => {
    watchUntil(Date.now() + WATCHED);
    webhook.reload();
  };
  return (
    <Page
      heading={words.detailHeading}
      help={words.detailHelp}
      actions={
        <>
          <Link className="pt-button pt-button-text" href="/webhooks">
            {words.all}
          </Link>
          <Button kind="outlined" icon="refresh" busy={webhook.busy} onClick={webhook.reload}>
            {shared.refresh}
          </Button>
        </>
      }
    >
      <Loaded of={webhook}>
        {(value) => (
          <>
            <Result webhook={value} onReplayed={watch} />
            <div className="pc-columns">
              <Received webhook={value} />
              <Body webhook={value} />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** What came of it, what it waits for, and the way on. */
function Result({ webhook, onReplayed }: { webhook: Detail; onReplayed: () => void }) {
  const words = useText(WORDS);
  const [what, todo] = words.situations[situationOf(webhook)];
  const { merchant_uid, state, finished_at, lag, next_try, dead_since, last_error, attempts } = webhook;
  const known = merchant_uid !== "" && state !== "orphaned";
  return (
    <Section heading={words.result}>
      <div className="pt-row">
        <WebhookState webhook={webhook} />
        <strong>{what}</strong>
      </div>
      <Facts
        rows={[
          [words.todo, todo],
          finished_at !== null && [words.finished, <Time at={finished_at} />],
          lag !== null && [words.lag, words.seconds(lag.toFixed(1))],
          dead_since !== null && [words.stuckSince, <Time at={dead_since} />],
          next_try !== null && [words.nextTry, <Time at={next_try} />],
          attempts > 0 && [words.tries, words.times(attempts)],
          last_error !== null && [words.lastError, <code>{last_error}</code>],
        ]}
      />
      <div className="pt-row">
        {canReplay(webhook) && <Replay id={webhook.id} onReplayed={onReplayed} />}
        {known && (
          <Link className="pt-button pt-button-tonal" href={`/payments/${encodeURIComponent(merchant_uid)}`}>
            {words.toOrder}
          </Link>
        )}
        {merchant_uid !== "" && (
          <Link className="pt-button pt-button-text" href={withQuery("/webhooks", { order: merchant_uid })}>
            {words.ofOrder}
          </Link>
        )}
      </div>
    </Section>
  );
}

function Replay({ id, onReplayed }: { id: string; onReplayed: () => void }) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const replay = async () => {
    const answer = await action.run<Schemas["Replayed"]>("POST", "/operations/replay", { ids: [id] });
    if (answer === null) return;
    const left = answer.left_alone[0];
    notify(left ? words.notReplayed(left.reason) : words.replayed);
    onReplayed();
  };
  return (
    <Can permission="replay">
      <Button icon="refresh" busy={action.busy} onClick={() => void replay()}>
        {words.replay}
      </Button>
      <ActionProblem problem={action.problem} />
    </Can>
  );
}

function Received({ webhook }: { webhook: Detail }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  const { event_status, generation, imp_uid, provider_cancellation_id, delivery_id, copies, repeated_at, request_id } = webhook;
  return (
    <Section heading={words.about}>
      <Facts
        rows={[
          [words.kind, <>{kindText(event_status, language)} <code>{event_status}</code></>],
          [words.order, <WebhookOrder webhook={webhook} />],
          imp_uid !== "" && [words.attempt, <Id value={imp_uid} what={words.attempt} />],
          provider_cancellation_id !== "" && [words.cancellation, <Id value={provider_cancellation_id} what={words.cancellation} />],
          [words.received, <Time at={webhook.received_at} />],
          [words.copies, words.times(copies)],
          repeated_at !== null && [words.repeated, <Time at={repeated_at} />],
          [words.api, generation.toUpperCase()],
          [words.signature, generation === "v2" ? words.signed : words.unsigned],
          [words.contentType, <code>{webhook.content_type}</code>],
          delivery_id !== "" && [words.deliveryId, <Id value={delivery_id} what={words.deliveryId} />],
          [words.address, <Id value={webhook.remote_address} what={words.address} />],
          request_id !== null && [words.requestId, <Id value={request_id} what={words.requestId} />],
        ]}
      />
    </Section>
  );
}

/** The body, readable and as it was sent. It is from outside: only ever shown as text. */
function Body({ webhook: { body } }: { webhook: Detail }) {
  const words = useText(WORDS);
  const pretty = prettyJson(body) ?? prettyForm(body);
  return (
    <Section heading={words.body}>
      <p className="pt-small">{words.bodyHelp}</p>
      {body === "" ? <p>{words.noBody}</p> : <Code text={pretty ?? body} label={words.body} />}
      {pretty !== null && pretty !== body && (
        <details>
          <summary>{words.raw}</summary>
          <Code text={body} label={words.raw} />
        </details>
      )}
    </Section>
  );
}
