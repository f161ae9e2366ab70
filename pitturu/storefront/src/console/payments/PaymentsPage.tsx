import { CsvButton } from "./CsvButton.js";
import { Orders } from "./Orders.js";
import { NAMES, type Name, queryOf } from "./query.js";
import { SearchForm } from "./SearchForm.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { useLanguage } from "../../i18n/language.js";
import { type Schemas, withQuery } from "../api.js";
import { ActionProblem, Empty, Loaded } from "../components/Loaded.js";
import { Page } from "../components/Page.js";
import { Pager } from "../components/Pager.js";
import { KOREA } from "../days.js";
import { useDownload } from "../useDownload.js";
import { type Filters, useFilters } from "../useFilters.js";
import { useResource } from "../useResource.js";
import { useConsoleWords, useText } from "../words.js";

type OrderPage = Schemas["OrderPage"];

const LIMIT = 50;
/** Orders a page. */

/** Finds orders by whatever an operator knows of them. */
export function PaymentsPage() {
  const words = useText(WORDS);
  const filters = useFilters<Name>(NAMES);
  const query = queryOf(filters.values);
  const found = useResource<OrderPage>(query && withQuery("/operations/payments", { ...query, limit: LIMIT, cursor: filters.cursor }));
  const download = useDownload();
  const actions = query && (
    <>
      <Button kind="text" icon="refresh" busy={found.busy} onClick={found.reload}>
        {words.refresh}
      </Button>
      <CsvButton query={query} download={download} />
    </>
  );
  return (
    <Page heading={words.heading} help={words.help} actions={actions}>
      <ActionProblem problem={download.problem} />
      <SearchForm filters={filters} />
      {query && <Loaded of={found}>{(page) => <Found page={page} filters={filters} />}</Loaded>}
    </Page>
  );
}

/** The orders of a page. Rare ones are looked for in steps, so that a page with few of them, or none, may not be the last. */
function Found({ page: { items, next, searched_until: until }, filters }: { page: OrderPage; filters: Filters<Name> }) {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const { words: common } = useLanguage();
  const back = next !== null && until !== null && items.length < LIMIT ? common.moment(new Date(until), KOREA) : null;
  const nothing = filters.active ? shared.nothingFound : words.nothing;
  return (
    <>
      {items.length === 0 ? <Empty>{back ? words.notYet(back) : nothing}</Empty> : <Orders orders={items} />}
      {back && items.length > 0 && <p className="pt-small pc-searched">{words.searched(back)}</p>}
      <Pager filters={filters} next={next} onward={back ? words.onward : undefined} />
    </>
  );
}
