import { useState } from "react";

import type { Endpoint } from "./types.js";
import { WORDS } from "./words.js";
import type { Schemas } from "../api.js";
import { useNotify } from "../components/Notices.js";
import { type Action, useAction } from "../useAction.js";
import { useText } from "../words.js";

export interface EndpointActions {
  action: Action;
  pause: () => Promise<void>;
  resume: () => Promise<void>;
  test: () => Promise<void>;
  sendAgain: (eventId: string) => Promise<void>;
  /** Which one is being done. */
  doing: string | null;
}

/** What operators do with an endpoint at one press; `onDone` is called after each. */
export function useEndpoint({ endpoint_id }: Endpoint, onDone: () => void): EndpointActions {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const [doing, setDoing] = useState<string | null>(null);
  const path = `/event-endpoints/${endpoint_id}`;
  const doIt = async (what: string, work: () => Promise<string | null>) => {
    setDoing(what);
    const said = await work();
    setDoing(null);
    if (said === null) return;
    notify(said);
    onDone();
  };
  return {
    action,
    doing,
    pause: () => doIt("pause", async () => (await action.run<object>("PATCH", path, { enabled: false })) && words.paused),
    test: () => doIt("test", async () => (await action.run<object>("POST", `${path}/test`)) && words.tested),
    sendAgain: (eventId) =>
      doIt(eventId, async () => {
        const answer = await action.run<Schemas["ReplayedEvents"]>("POST", `${path}/replay`, { event_ids: [eventId] });
        return answer && (answer.replayed > 0 ? words.sentAgain : words.notSent);
      }),
    resume: () =>
      doIt("resume", async () => {
        // The server makes so many due at once, and says whether some are left.
        let [count, left] = [0, true];
        while (left) {
          const answer = await action.run<Schemas["Resumed"]>("POST", `${path}/resume`);
          if (answer === null) return null;
          count += answer.replayed.replayed;
          left = answer.replayed.next !== null && answer.replayed.replayed > 0;
        }
        return words.resumed(count);
      }),
  };
}
