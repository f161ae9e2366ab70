import { answerText } from "./answers.js";
import { EventBody, EventOrder } from "./EventBody.js";
import type { Delivery, Endpoint } from "./types.js";
import type { EndpointActions } from "./useEndpoint.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { useLanguage } from "../../i18n/language.js";
import { type Schemas, withQuery } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { Loaded } from "../components/Loaded.js";
import { Pager } from "../components/Pager.js";
import { Tabs } from "../components/Tabs.js";
import { Chip, Time, type Tone } from "../components/Value.js";
import { KOREA } from "../days.js";
import { type Filters, useFilters } from "../useFilters.js";
import { type Resource, useResource } from "../useResource.js";
import { useText } from "../words.js";

const STATUSES = ["", "dead", "pending", "delivered", "withdrawn"] as const;
const TONES: Record<Delivery["status"], Tone> = { delivered: "good", pending: "caution", dead: "bad", withdrawn: "neutral" };
const EVERY = 2000;
/** Milliseconds between two readings while something is awaited: each of them leaves a line in the operator log. */

interface DeliveriesRead {
  filters: Filters<"status">;
  page: Resource<Schemas["Deliveries"]>;
}

/** The deliveries that the address asks for. Until `watchedUntil` they are read again while one is on its way. */
export function useDeliveries({ endpoint_id }: Endpoint, watchedUntil: number): DeliveriesRead {
  const filters = useFilters(["status"]);
  const query = { status: filters.values.status, cursor: filters.cursor };
  const page = useResource<Schemas["Deliveries"]>(withQuery(`/event-endpoints/${endpoint_id}/deliveries`, query), {
    every: (value) => (value?.items.some(({ status }) => status === "pending") && Date.now() < watchedUntil ? EVERY : 0),
  });
  return { filters, page };
}

/** What was and is to be sent to an endpoint, with its answers. */
export function Deliveries({ endpoint, deliveries, actions }: { endpoint: Endpoint; deliveries: DeliveriesRead; actions: EndpointActions }) {
  const words = useText(WORDS);
  const { filters, page } = deliveries;
  const { status } = filters.values;
  return (
    <>
      <Tabs
        label={words.deliveries}
        tabs={STATUSES.map((one) => ({
          href: withQuery(`/events/${endpoint.endpoint_id}`, { status: one }),
          label: words.statuses[one],
          current: one === status,
        }))}
      />
      <Loaded of={page} isEmpty={({ items }) => items.length === 0} empty={status === "" ? words.noDeliveries : words.noneOfStatus}>
        {({ items, next }) => (
          <>
            <DeliveryTable deliveries={items} endpoint={endpoint} actions={actions} />
            <Pager filters={filters} next={next} />
          </>
        )}
      </Loaded>
    </>
  );
}

function DeliveryTable({ deliveries, endpoint, actions }: { deliveries: readonly Delivery[]; endpoint: Endpoint; actions: EndpointActions }) {
  const words = useText(WORDS);
  return (
    <DataTable
      caption={words.deliveries}
      rows={deliveries}
      rowKey={({ message_id }) => message_id}
      columns={[
        { key: "event", header: words.event, cell: ({ event }) => <EventBody event={event} /> },
        { key: "order", header: words.order, cell: ({ event }) => <EventOrder event={event} /> },
        { key: "status", header: words.state, cell: ({ status }) => <Chip tone={TONES[status]}>{words.statuses[status]}</Chip> },
        { key: "answer", header: words.answer, cell: (delivery) => <Answer delivery={delivery} /> },
        { key: "at", header: words.at, cell: ({ created_at }) => <Time at={created_at} /> },
        endpoint.enabled && { key: "again", header: words.sendAgain, cell: (delivery) => <Again delivery={delivery} actions={actions} /> },
      ]}
    />
  );
}

/** What the receiver said at last, and when that was, or when it is tried again. */
function Answer({ delivery: { status, answer, last_error, next_try, delivered_at, attempts } }: { delivery: Delivery }) {
  const words = useText(WORDS);
  const { language, words: shared } = useLanguage();
  const said = answer ?? last_error;
  const next = status === "pending" && last_error !== null && next_try !== null ? words.nextTry(shared.moment(new Date(next_try), KOREA)) : null;
  const tried = [attempts > 0 && words.tried(attempts), next].filter(Boolean).join(" · ");
  return (
    <span className="pc-stack">
      {said === null ? "–" : answerText(said, language)}
      {delivered_at !== null && (
        <span className="pt-small">
          <Time at={delivered_at} />
        </span>
      )}
      {tried && <span className="pt-small">{tried}</span>}
    </span>
  );
}

/** A test event is no event of any order, so it is not sent again: another one is. */
function Again({ delivery: { event_id, type, status }, actions }: { delivery: Delivery; actions: EndpointActions }) {
  const words = useText(WORDS);
  if (type === "endpoint.test" || status === "pending") return <>–</>;
  return (
    <Button kind="text" busy={actions.doing === event_id} onClick={() => void actions.sendAgain(event_id)}>
      {words.sendAgain}
    </Button>
  );
}
