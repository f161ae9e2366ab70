import { useState } from "react";

import { useLoginWords } from "./account/loginWords.js";
import { service } from "./services.js";
import { useLoaded } from "./useLoaded.js";
import { ProblemAlert } from "../../components/Alert.js";
import { Button } from "../../components/Button.js";
import { useWords } from "../../i18n/language.js";
import { asProblem, type Problem } from "../../services/problem.js";
import type { OwnLogin } from "../../types/payment.js";

/** Where the visitor is logged in, and the end of each login but this one. */
export function Logins() {
  const { security } = useLoginWords();
  const { value: logins, problem, reload } = useLoaded(service.logins);
  const [failed, setFailed] = useState<Problem | null>(null);
  const end = (work: () => Promise<unknown>) => {
    setFailed(null);
    work().catch((thrown: unknown) => setFailed(asProblem(thrown))).finally(reload);
  };
  const others = (logins ?? []).filter((login) => !login.current).length;
  return (
    <section className="pt-card pt-form" aria-labelledby="logins">
      <h2 id="logins">{security.logins}</h2>
      <ProblemAlert problem={failed ?? problem} />
      <ul className="pt-logins" aria-busy={logins === null && problem === null}>
        {logins?.map((login) => (
          <Login key={login.id} login={login} onEnd={() => end(() => service.endLogin(login.id))} />
        ))}
      </ul>
      {others > 1 && (
        <Button kind="outlined" onClick={() => end(service.endOtherLogins)}>
          {security.endOthers}
        </Button>
      )}
    </section>
  );
}

function Login({ login, onEnd }: { login: OwnLogin; onEnd: () => void }) {
  const words = useWords();
  const { security } = useLoginWords();
  const used = words.moment(new Date(login.last_used_at));
  return (
    <li>
      <div>
        <p>{login.user_agent ?? security.unknownDevice}</p>
        <p className="pt-small">{[security.lastUse(used), login.address].filter(Boolean).join(" · ")}</p>
      </div>
      {login.current ? (
        <strong>{security.here}</strong>
      ) : (
        <Button kind="text" label={security.endLabel(used)} onClick={onEnd}>
          {security.end}
        </Button>
      )}
    </li>
  );
}
