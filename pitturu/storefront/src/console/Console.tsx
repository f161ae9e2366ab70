import { Route, Router, Switch } from "wouter";

import type { Schemas } from "./api.js";
import { ConsoleFrame } from "./ConsoleFrame.js";
import { Loading, NoAccess, ProblemText } from "./components/Loaded.js";
import { NoticeProvider } from "./components/Notices.js";
import { ROUTES } from "./routes.js";
import { OperatorProvider } from "./session.js";
import { useResource } from "./useResource.js";
import { useConsoleWords } from "./words.js";
import { Alert } from "../components/Alert.js";
import { useLanguage } from "../i18n/language.js";
import { loginAddress } from "../pages/parts/services.js";

/** The operators' console: its pages for those who may see them. */
export function Console() {
  const me = useResource<Schemas["User"]>("/me");
  if (me.problem?.code === "signed_out") {
    location.replace(loginAddress());
    return null;
  }
  if (me.value === undefined) {
    return <main className="pc-alone">{me.problem ? <Alert kind="error"><ProblemText problem={me.problem} /></Alert> : <Loading />}</main>;
  }
  if (!me.value.permissions.includes("view")) return <Outside name={me.value.username} />;
  return (
    <OperatorProvider operator={me.value}>
      <NoticeProvider>
        <Router base="/console">
          <Pages />
        </Router>
      </NoticeProvider>
    </OperatorProvider>
  );
}

/** For who may not enter: a buyer, or an operator whose login lacks the second factor. Only a refusal says which. */
function Outside({ name }: { name: string }) {
  const words = useConsoleWords();
  const { words: shared } = useLanguage();
  const refused = useResource<unknown>("/operations/system").problem;
  if (refused === null) return <Loading />;
  return (
    <main className="pc-alone">
      {refused.code === "second_factor_required" ? (
        <NoAccess text={words.secondFactor} href="/account" label={words.toAccount} />
      ) : (
        <NoAccess text={words.operatorsOnly(name)} href={loginAddress()} label={shared.nav.login} />
      )}
    </main>
  );
}

function Pages() {
  const words = useConsoleWords();
  return (
    <Switch>
      {ROUTES.map(({ path, menu, page: Page }) => (
        <Route key={path} path={path}>
          <ConsoleFrame current={menu}>
            <Page />
          </ConsoleFrame>
        </Route>
      ))}
      <Route>
        <ConsoleFrame current={null}>
          <Alert kind="info">{words.missing}</Alert>
        </ConsoleFrame>
      </Route>
    </Switch>
  );
}
