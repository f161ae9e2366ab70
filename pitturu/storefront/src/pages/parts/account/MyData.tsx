import { useState } from "react";

import { AccountProblem } from "./AccountProblem.js";
import { account } from "./service.js";
import { useProof } from "./useProof.js";
import { useAccountWords } from "./words.js";
import { Button } from "../../../components/Button.js";
import { Dialog } from "../../../components/Dialog.js";
import { Field } from "../../../components/Field.js";
import { saveFile } from "../../../services/saveFile.js";
import { login, service } from "../services.js";
import { useLoaded } from "../useLoaded.js";
import { useSubmit } from "../useSubmit.js";

/** A copy of everything that is stored, and the end of the account. */
export function MyData({ onErased }: { onErased: () => void }) {
  const words = useAccountWords();
  const [open, setOpen] = useState<"copy" | "erase" | null>(null);
  const close = () => setOpen(null);
  return (
    <section className="pt-card pt-form" aria-labelledby="data">
      <h2 id="data">{words.data}</h2>
      <p>{words.dataWhy}</p>
      <div className="pt-row">
        <Button kind="tonal" onClick={() => setOpen("copy")}>
          {words.copy}
        </Button>
        <Button kind="text" onClick={() => setOpen("erase")}>
          {words.erase}
        </Button>
      </div>
      <Dialog open={open === "copy"} heading={words.copy} onClose={close}>
        <Copy onDone={close} />
      </Dialog>
      <Dialog open={open === "erase"} heading={words.erase} onClose={close}>
        <Erase onErased={onErased} />
      </Dialog>
    </section>
  );
}

function Copy({ onDone }: { onDone: () => void }) {
  const words = useAccountWords();
  const { proof, fields, complete, using } = useProof("copy");
  const { busy, problem, onSubmit } = useSubmit(async () => {
    const file = await using(() => account.copy(proof.password));
    saveFile(file, `account-${new Date().toISOString().slice(0, 10)}.json`);
    onDone();
  });
  return (
    <form className="pt-form" noValidate onSubmit={onSubmit}>
      <p>{words.copyWhy}</p>
      {fields}
      <AccountProblem problem={problem} />
      <Button type="submit" busy={busy} disabled={!complete}>
        {words.download}
      </Button>
    </form>
  );
}

function Erase({ onErased }: { onErased: () => void }) {
  const words = useAccountWords();
  const { value: user } = useLoaded(service.me);
  const [username, setUsername] = useState("");
  const { proof, fields, complete, using } = useProof("erase");
  const { busy, problem, onSubmit } = useSubmit(async () => {
    await using(() => account.erase(proof, username.trim()));
    // The account is gone in any case: a cookie that stays is worth nothing.
    await login.end().catch(() => undefined);
    onErased();
  });
  return (
    <form className="pt-form" noValidate onSubmit={onSubmit}>
      <p>{words.eraseWhy}</p>
      <p>{words.eraseKept}</p>
      <Field
        label={words.typeUsername(user?.username ?? "…")}
        name="erase_username"
        autoComplete="off"
        maxLength={255}
        value={username}
        onChange={setUsername}
      />
      {fields}
      <AccountProblem problem={problem} />
      <Button type="submit" busy={busy} disabled={!complete || username.trim() !== user?.username}>
        {words.eraseNow}
      </Button>
    </form>
  );
}
