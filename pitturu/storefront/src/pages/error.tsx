import { Empty } from "./parts/Empty.js";
import { errorTexts } from "./parts/errorTexts.js";
import { Frame } from "./parts/Frame.js";
import { show } from "./parts/show.js";
import { Button, ButtonLink } from "../components/Button.js";
import { useLanguage, useWords } from "../i18n/language.js";

/** The status of the response, and the number of the request where somebody may be asked about it: the server writes both into
 * the shell.
 */
const { status = "", number } = document.documentElement.dataset;

const PASSING = ["429", "500", "502", "503", "504"];
/** Statuses after which the same request may succeed. */

/** An address without a page, or one that cannot be shown now. */
function ErrorPage() {
  const texts = errorTexts(useLanguage().language, status);
  return (
    <Frame page="error">
      <Empty icon="alert" action={<WhatNow />}>
        <div>
          <h1>{texts.heading}</h1>
          <p>{texts.advice}</p>
          {number && <p className="pt-small">{texts.number(number)}</p>}
        </div>
      </Empty>
    </Frame>
  );
}

function WhatNow() {
  const words = useWords();
  return (
    <div className="pt-row">
      {PASSING.includes(status) && <Button onClick={() => location.reload()}>{words.actions.retry}</Button>}
      <ButtonLink kind="tonal" href="/">
        {words.actions.toShop}
      </ButtonLink>
      <ButtonLink kind="text" href="/history">
        {words.actions.toHistory}
      </ButtonLink>
    </div>
  );
}

show(<ErrorPage />);
