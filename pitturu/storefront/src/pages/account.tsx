import { Frame } from "./parts/Frame.js";
import { Logins } from "./parts/Logins.js";
import { NewPassword } from "./parts/NewPassword.js";
import { SecondFactor } from "./parts/SecondFactor.js";
import { show } from "./parts/show.js";
import { useWords } from "../i18n/language.js";

function AccountPage() {
  const words = useWords();
  return (
    <Frame page="account">
      <div className="pt-heading">
        <h1>{words.security.heading}</h1>
      </div>
      <Logins />
      <NewPassword />
      <SecondFactor />
    </Frame>
  );
}

show(<AccountPage />);
