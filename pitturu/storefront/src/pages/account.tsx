import { useState } from "react";

import { Email } from "./parts/account/Email.js";
import { useLoginWords } from "./parts/account/loginWords.js";
import { MyData } from "./parts/account/MyData.js";
import { useAccountWords } from "./parts/account/words.js";
import { Frame } from "./parts/Frame.js";
import { Logins } from "./parts/Logins.js";
import { NewPassword } from "./parts/NewPassword.js";
import { SecondFactor } from "./parts/SecondFactor.js";
import { service } from "./parts/services.js";
import { show } from "./parts/show.js";
import { useLoaded } from "./parts/useLoaded.js";
import { Alert } from "../components/Alert.js";
import { ButtonLink } from "../components/Button.js";
import { useWords } from "../i18n/language.js";

function AccountPage() {
  const { security } = useLoginWords();
  const [erased, setErased] = useState(false);
  return (
    <Frame page="account">
      <div className="pt-heading">
        <h1>{security.heading}</h1>
        {!erased && <ConsoleLink />}
      </div>
      {erased ? <Erased /> : <Sections onErased={() => setErased(true)} />}
    </Frame>
  );
}

function Sections({ onErased }: { onErased: () => void }) {
  return (
    <>
      <Email />
      <NewPassword />
      <SecondFactor />
      <Logins />
      <MyData onErased={onErased} />
    </>
  );
}

function Erased() {
  const words = useWords();
  return (
    <section className="pt-card pt-form">
      <Alert kind="success">{useAccountWords().erased}</Alert>
      <ButtonLink href="/">{words.actions.toShop}</ButtonLink>
    </section>
  );
}

/** The way of operators to their pages. */
function ConsoleLink() {
  const { security } = useLoginWords();
  const { value: user } = useLoaded(service.me);
  if (!user?.permissions.includes("view")) return null;
  return (
    <ButtonLink kind="tonal" href="/console/">
      {security.toConsole}
    </ButtonLink>
  );
}

show(<AccountPage />);
