import { situationOf, type Webhook } from "./situation.js";
import { WORDS } from "./words.js";
import { Chip, type Tone } from "../components/Value.js";
import { useText } from "../words.js";

const TONES: Record<Webhook["state"], Tone> = { pending: "caution", done: "good", orphaned: "caution", ignored: "neutral" };

/** Its state in words, and whether an operator is waited for. */
export function WebhookState({ webhook }: { webhook: Webhook }) {
  const words = useText(WORDS);
  const situation = situationOf(webhook);
  if (situation === "dead") return <Chip tone="bad">{words.stuck}</Chip>;
  if (situation === "failing") return <Chip tone="bad">{words.failing}</Chip>;
  return <Chip tone={TONES[webhook.state]}>{words.states[webhook.state]}</Chip>;
}
