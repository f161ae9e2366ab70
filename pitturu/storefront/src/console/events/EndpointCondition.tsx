import { answerText } from "./answers.js";
import { stateOf } from "./EndpointState.js";
import type { Endpoint } from "./types.js";
import type { EndpointActions } from "./useEndpoint.js";
import { WORDS } from "./words.js";
import { Alert } from "../../components/Alert.js";
import { Button } from "../../components/Button.js";
import { useLanguage } from "../../i18n/language.js";
import { KOREA } from "../days.js";
import { useText } from "../words.js";

interface EndpointConditionProps {
  endpoint: Endpoint;
  /** The last failure that is known. */
  lastError: string | null;
  actions: EndpointActions;
}

/** What is wrong with an endpoint, since when, and the way on; nothing where nothing is. */
export function EndpointCondition({ endpoint, lastError, actions }: EndpointConditionProps) {
  const words = useText(WORDS);
  const { language, words: shared } = useLanguage();
  const { paused_at, paused_reason, failing_since, backlog } = endpoint;
  const moment = (at: string | null) => (at === null ? "" : shared.moment(new Date(at), KOREA));
  const resume = (label: string) => (
    <Button kind="tonal" busy={actions.doing === "resume"} onClick={() => void actions.resume()}>
      {label}
    </Button>
  );
  switch (stateOf(endpoint)) {
    case "gone":
      return (
        <Alert kind="error">
          <p>{words.stoppedItself(moment(paused_at))}</p>
          {paused_reason && <p className="pt-small">{answerText(paused_reason, language)}</p>}
          {resume(words.resume)}
        </Alert>
      );
    case "paused":
      return (
        <Alert kind="waiting">
          <p>{words.stoppedByHand(moment(paused_at))}</p>
          {resume(words.resume)}
        </Alert>
      );
    case "failing":
      return (
        <Alert kind="error">
          <p>{words.notTaking(moment(failing_since))}</p>
          {lastError && (
            <p className="pt-small">
              {words.lastAnswer}: {answerText(lastError, language)}
            </p>
          )}
        </Alert>
      );
    case "fine":
      return backlog.dead === 0 ? null : (
        <Alert kind="waiting">
          <p>{words.undelivered(words.atLeast(backlog.dead))}</p>
          {resume(words.resend)}
        </Alert>
      );
  }
}
