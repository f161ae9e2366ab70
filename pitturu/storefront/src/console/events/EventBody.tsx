import { useState } from "react";
import { Link } from "wouter";

import { comparisonOf, datum, type ShopEvent, typeText } from "./types.js";
import { WORDS } from "./words.js";
import { Dialog } from "../../components/Dialog.js";
import { Facts } from "../../components/Facts.js";
import { useLanguage } from "../../i18n/language.js";
import { Code } from "../components/Code.js";
import { Id, Time } from "../components/Value.js";
import { useText } from "../words.js";

/** The type of an event, which opens what receivers get. */
export function EventBody({ event }: { event: ShopEvent }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  const [open, setOpen] = useState(false);
  const name = typeText(event.type, language);
  return (
    <>
      <button type="button" className="pc-link" onClick={() => setOpen(true)}>
        {name}
      </button>
      {open && (
        <Dialog open heading={name} onClose={() => setOpen(false)}>
          <Facts
            rows={[
              [words.type, <code>{event.type}</code>],
              [words.order, <EventOrder event={event} />],
              [words.at, <Time at={event.created_at} />],
              [words.eventId, <Id value={event.id} what={words.eventId} />],
            ]}
          />
          <Code text={JSON.stringify(event, null, 2)} label={words.body} />
        </Dialog>
      )}
    </>
  );
}

/** What the event is about: the order, or the comparison that found an order that we do not know. */
export function EventOrder({ event }: { event: ShopEvent }) {
  const words = useText(WORDS);
  const [session, order, comparison] = [datum(event, "session_id"), datum(event, "order_number"), comparisonOf(event)];
  if (session) {
    return (
      <Link className="pc-nowrap" href={`/payments/${encodeURIComponent(session)}`}>
        <code>{order || session}</code>
      </Link>
    );
  }
  if (comparison) return <Link href={`/reconciliation/${encodeURIComponent(comparison)}`}>{words.comparison}</Link>;
  return order ? <code>{order}</code> : <>–</>;
}
