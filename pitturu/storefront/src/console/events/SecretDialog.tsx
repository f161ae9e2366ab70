import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { Dialog } from "../../components/Dialog.js";
import { Code } from "../components/Code.js";
import { useText } from "../words.js";

/** A secret that cannot be shown again. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const words = useText(WORDS);
  return (
    <Dialog open heading={words.secretHeading} onClose={onClose}>
      <p>{words.secretHelp}</p>
      <Code text={secret} label={words.secret} />
      <Button wide onClick={onClose}>
        {words.secretKept}
      </Button>
    </Dialog>
  );
}
