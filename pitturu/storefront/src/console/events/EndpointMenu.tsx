import { useState } from "react";

import { EndpointDialog } from "./EndpointDialog.js";
import { ReplayDialog } from "./ReplayDialog.js";
import { SecretDialog } from "./SecretDialog.js";
import type { Endpoint } from "./types.js";
import type { EndpointActions } from "./useEndpoint.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { useNotify } from "../components/Notices.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

interface EndpointMenuProps {
  endpoint: Endpoint;
  actions: EndpointActions;
  onChanged: () => void;
  /** The operator is about to remove it: nothing more is read of it by itself. */
  onRemoving: () => void;
  onRemoved: () => void;
}

type Asked = "change" | "rotate" | "replay" | "remove";

/** Everything that can be done with an endpoint. What cannot be undone is asked first. */
export function EndpointMenu({ endpoint, actions, onChanged, onRemoving, onRemoved }: EndpointMenuProps) {
  const words = useText(WORDS);
  const [asked, ask] = useState<Asked | null>(null);
  const close = () => ask(null);
  const askToRemove = () => {
    ask("remove");
    onRemoving();
  };
  const done = () => {
    close();
    onChanged();
  };
  return (
    <>
      <Button kind="tonal" icon="send" busy={actions.doing === "test"} onClick={() => void actions.test()}>
        {words.test}
      </Button>
      {endpoint.enabled && (
        <>
          <Button kind="outlined" onClick={() => ask("replay")}>
            {words.replay}
          </Button>
          <Button kind="outlined" busy={actions.doing === "pause"} onClick={() => void actions.pause()}>
            {words.pause}
          </Button>
        </>
      )}
      <Button kind="outlined" onClick={() => ask("change")}>
        {words.change}
      </Button>
      <Button kind="outlined" onClick={() => ask("rotate")}>
        {words.rotate}
      </Button>
      <Button kind="text" onClick={askToRemove}>
        {words.remove}
      </Button>
      {asked === "change" && <EndpointDialog endpoint={endpoint} onClose={close} onDone={done} />}
      {asked === "rotate" && <RotateDialog endpoint={endpoint} onClose={close} onDone={done} />}
      {asked === "replay" && <ReplayDialog endpoint={endpoint} onClose={close} onDone={done} />}
      {asked === "remove" && <RemoveDialog endpoint={endpoint} onClose={close} onDone={onRemoved} />}
    </>
  );
}

interface AskedProps {
  endpoint: Endpoint;
  onClose: () => void;
  onDone: () => void;
}

function RotateDialog({ endpoint, onClose, onDone }: AskedProps) {
  const words = useText(WORDS);
  const action = useAction();
  const [secret, setSecret] = useState<string | null>(null);
  const rotate = async () => {
    const made = await action.run<Schemas["EndpointSecret"]>("POST", `/event-endpoints/${endpoint.endpoint_id}/rotate`);
    if (made !== null) setSecret(made.secret);
  };
  if (secret !== null) return <SecretDialog secret={secret} onClose={onDone} />;
  return (
    <ActionDialog heading={words.rotate} confirm={words.rotate} busy={action.busy} problem={action.problem} onConfirm={() => void rotate()} onClose={onClose}>
      <p>{words.rotateHelp}</p>
    </ActionDialog>
  );
}

function RemoveDialog({ endpoint, onClose, onDone }: AskedProps) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const remove = async () => {
    if ((await action.run("DELETE", `/event-endpoints/${endpoint.endpoint_id}`)) === null) return;
    notify(words.removed);
    onDone();
  };
  return (
    <ActionDialog
      heading={words.removeHeading}
      confirm={words.remove}
      dangerous
      busy={action.busy}
      problem={action.problem}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <p>{words.removeHelp(endpoint.url)}</p>
    </ActionDialog>
  );
}
