import { Link } from "wouter";

import { Cut } from "./History.js";
import { WORDS } from "./words.js";
import { type Language, useLanguage } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { Section } from "../components/Page.js";
import { Chip, Time, type Tone } from "../components/Value.js";
import { kindText } from "../webhooks/kinds.js";
import { useText } from "../words.js";

type Order = Schemas["Order"];
type Event = Schemas["OrderShopEvent"];

const STATES: Record<string, Tone> = { done: "good", orphaned: "bad", pending: "caution", ignored: "neutral" };
const SENT: Record<string, Tone> = { delivered: "good", dead: "bad", pending: "caution", withdrawn: "neutral" };

/** PortOne's own word, but for what is said of an escrow: it has to be read as unverified. */
function reported(status: string, language: Language): string {
  return status.startsWith("escrow.") ? kindText(status, language) : status;
}

/** The webhooks of PortOne that name the order. */
export function Webhooks({ order }: { order: Order }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  const { items, total } = order.webhooks;
  return (
    <Section heading={words.webhooks}>
      {items.length === 0 ? (
        <p className="pt-small">{words.noWebhooks}</p>
      ) : (
        <DataTable
          caption={words.webhooks}
          rows={items}
          rowKey={(webhook) => webhook.id}
          columns={[
            { key: "reports", header: words.reports, cell: (webhook) => <Link href={`/webhooks/${webhook.id}`}>{reported(webhook.event_status, language)}</Link> },
            { key: "state", header: words.status, cell: ({ state }) => <Chip tone={STATES[state] ?? "neutral"}>{words.states[state] ?? state}</Chip> },
            { key: "received", header: words.received, cell: (webhook) => <Time at={webhook.received_at} /> },
            { key: "copies", header: words.copies, numeric: true, cell: (webhook) => webhook.copies },
            { key: "lag", header: words.lag, numeric: true, cell: ({ lag }) => (lag === null ? "–" : words.seconds(Math.round(lag * 10) / 10)) },
            items.some((webhook) => webhook.last_error) && {
              key: "error",
              header: words.error,
              cell: (webhook) => webhook.last_error ?? "–",
            },
          ]}
        />
      )}
      <Cut shown={items.length} total={total} />
    </Section>
  );
}

/** What the shop's own systems were sent about the order. */
export function Events({ order }: { order: Order }) {
  const words = useText(WORDS);
  const { items, total } = order.events;
  return (
    <Section heading={words.events}>
      {items.length === 0 ? (
        <p className="pt-small">{words.noEvents}</p>
      ) : (
        <DataTable
          caption={words.events}
          rows={items}
          rowKey={(event) => event.event_id}
          columns={[
            { key: "type", header: words.type, cell: (event) => <code>{event.type}</code> },
            { key: "at", header: words.at, cell: (event) => <Time at={event.created_at} /> },
            { key: "deliveries", header: words.deliveries, cell: (event) => <Deliveries event={event} /> },
          ]}
        />
      )}
      <Cut shown={items.length} total={total} />
    </Section>
  );
}

function Deliveries({ event }: { event: Event }) {
  const words = useText(WORDS);
  if (event.deliveries.length === 0) return <span className="pt-small">{words.noReceivers}</span>;
  return (
    <ul className="pc-plain">
      {event.deliveries.map((delivery) => (
        <li key={delivery.message_id} className="pt-row">
          <Chip tone={SENT[delivery.status] ?? "neutral"}>{words.sent[delivery.status] ?? delivery.status}</Chip>
          <code>{delivery.endpoint_host}</code>
          {(delivery.last_error ?? delivery.answer) && <span className="pt-small">{delivery.last_error ?? delivery.answer}</span>}
        </li>
      ))}
    </ul>
  );
}
