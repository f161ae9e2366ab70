import type { Endpoint } from "./types.js";
import { WORDS } from "./words.js";
import { useWords } from "../../i18n/language.js";
import { Chip, type Tone } from "../components/Value.js";
import { KOREA } from "../days.js";
import { useText } from "../words.js";

type State = keyof (typeof WORDS)["ko"]["states"];

const TONES: Record<State, Tone> = { fine: "good", failing: "bad", paused: "caution", gone: "bad" };

export function stateOf({ gone, paused_at, failing_since }: Endpoint): State {
  if (gone) return "gone";
  if (paused_at !== null) return "paused";
  return failing_since === null ? "fine" : "failing";
}

/** How an endpoint is doing, and since when. */
export function EndpointState({ endpoint }: { endpoint: Endpoint }) {
  const words = useText(WORDS);
  const shared = useWords();
  const state = stateOf(endpoint);
  const since = endpoint.paused_at ?? endpoint.failing_since;
  return (
    <span className="pt-row">
      <Chip tone={TONES[state]}>{words.states[state]}</Chip>
      {since && <span className="pt-small">{words.since(shared.moment(new Date(since), KOREA))}</span>}
    </span>
  );
}

/** What it has not taken yet. */
export function Backlog({ endpoint: { backlog } }: { endpoint: Endpoint }) {
  const words = useText(WORDS);
  const shared = useWords();
  const { pending, since, dead } = backlog;
  if (pending + dead === 0) return <>{words.noBacklog}</>;
  return (
    <span className="pt-row">
      {dead > 0 && <Chip tone="bad">{words.failed(words.atLeast(dead))}</Chip>}
      {pending > 0 && <Chip tone="caution">{words.waiting(words.atLeast(pending))}</Chip>}
      {since && <span className="pt-small">{words.since(shared.moment(new Date(since), KOREA))}</span>}
    </span>
  );
}
