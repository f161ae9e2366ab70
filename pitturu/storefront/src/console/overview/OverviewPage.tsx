import { Breakdowns } from "./Breakdowns.js";
import { clockTime, minuteName } from "./formats.js";
import { rangeOf } from "./range.js";
import { RangeBar } from "./RangeBar.js";
import { SystemPanel } from "./SystemPanel.js";
import { Totals } from "./Totals.js";
import { Trends } from "./Trends.js";
import { WORDS } from "./words.js";
import { Alert } from "../../components/Alert.js";
import { useLanguage } from "../../i18n/language.js";
import { type Schemas, withQuery } from "../api.js";
import { Loaded } from "../components/Loaded.js";
import { Page } from "../components/Page.js";
import { useFilters } from "../useFilters.js";
import { useResource } from "../useResource.js";
import { useText } from "../words.js";

type Overview = Schemas["Overview"];

const EVERY = 15_000;
/** Milliseconds between two readings. */

/** Figures of the shop over some time against the time before, and the state of the system. */
export function OverviewPage() {
  const words = useText(WORDS);
  const filters = useFilters(["range", "from", "to", "by"]);
  const range = rangeOf(filters.values, new Date());
  const path = range && withQuery("/operations/overview", { from: range.from, to: range.to, by: range.by });
  const overview = useResource<Overview>(path, { every: EVERY });
  return (
    <Page heading={words.heading} help={words.help}>
      <RangeBar filters={filters} range={range} />
      <div className="pc-overview">
        {range === null ? <Alert kind="error">{words.wrongRange}</Alert> : <Loaded of={overview}>{(found) => <Found overview={found} />}</Loaded>}
        <SystemPanel />
      </div>
    </Page>
  );
}

function Found({ overview }: { overview: Overview }) {
  return (
    <>
      <div className="pc-sums">
        <About overview={overview} />
        <Totals overview={overview} />
      </div>
      <div>
        <Trends overview={overview} />
        <Breakdowns overview={overview} />
      </div>
    </>
  );
}

/** Which time the figures are of, and what they are compared with. */
function About({ overview }: { overview: Overview }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  const name = (at: string) => minuteName(new Date(at), language);
  const { from, to, as_of: asOf, previous } = overview;
  return (
    <p className="pt-small">
      <strong>{words.shown(name(from), name(to))}</strong>, {words.compared(name(previous.from), name(previous.to))}.{" "}
      {asOf === null ? words.notCounted : words.asOf(clockTime(new Date(asOf), language))}
    </p>
  );
}
