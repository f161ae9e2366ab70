"use client";

import { useId } from "react";

import { useWords, type Words } from "../i18n/language.js";
import type { Event, SessionStatus } from "../types/payment.js";

/** All events, oldest first. */
export function Timeline({ events }: { events: readonly Event[] }) {
  const words = useWords();
  const id = useId();
  return (
    <section className="pt-timeline" aria-labelledby={id}>
      <h3 id={id}>{words.timeline.heading}</h3>
      <ol>
        {events.map((event, index) => (
          <li key={index} data-kind={event.kind}>
            <span>{happened(words, event)}</span>
            <span className="pt-small">
              <time dateTime={event.at}>{words.moment(new Date(event.at))}</time> · {actor(words, event.actor)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function happened(words: Words, event: Event): string {
  if (event.kind === "money") {
    return event.amount >= 0
      ? words.timeline.received(words.won(event.amount))
      : words.timeline.returned(words.won(-event.amount));
  }
  if (event.kind === "status") {
    return event.from === null ? words.timeline.opened : words.status[event.to as SessionStatus];
  }
  if (event.kind === "fulfilment") {
    // "none -> shipped"
    const reached = event.detail?.split(" -> ")[1] ?? "";
    return (words.fulfilment as Record<string, string>)[reached] ?? words.timeline.fulfilment;
  }
  const note = (words.timeline as Record<string, unknown>)[event.kind];
  return typeof note === "string" ? note : event.kind;
}

function actor(words: Words, name: string): string {
  return (words.timeline.by as Record<string, string>)[name] ?? name;
}
