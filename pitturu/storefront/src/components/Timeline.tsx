"use client";

import { useId } from "react";

import { useWords } from "../i18n/language.js";
import { stepsOf } from "../services/steps.js";
import type { Event } from "../types/payment.js";

/** The steps of a payment for its buyer, oldest first, each with its time. */
export function Timeline({ events }: { events: readonly Event[] }) {
  const words = useWords();
  const id = useId();
  return (
    <section className="pt-timeline" aria-labelledby={id}>
      <h3 id={id}>{words.timeline.heading}</h3>
      <ol>
        {stepsOf(words, events).map(({ text, at, waiting }, index) => (
          <li key={index} data-waiting={waiting || undefined}>
            <span>{text}</span>
            <time className="pt-small" dateTime={at}>
              {words.moment(new Date(at))}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
}
