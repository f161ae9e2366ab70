import { compact, percent, periodName, tickOf } from "./formats.js";
import { type Point, pointsOf } from "./points.js";
import type { By } from "./range.js";
import { WORDS } from "./words.js";
import { useLanguage } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { Charted } from "../components/Charted.js";
import { DataTable } from "../components/DataTable.js";
import { LineChart } from "../components/LineChart.js";
import { Won } from "../components/Value.js";
import { useText } from "../words.js";

/** Points between two ticks of the axis: days and weeks of hours, weeks of days, years of months. */
const STEPS: Record<By, readonly number[]> = {
  hour: [1, 2, 3, 4, 6, 12, 24, 48, 72, 168],
  day: [1, 2, 7, 14, 28, 56, 112],
  month: [1, 2, 3, 6, 12, 24, 60],
};

interface TrendProps {
  overview: Schemas["Overview"];
  points: readonly Point[];
}

/** The figures over time. */
export function Trends({ overview }: { overview: Schemas["Overview"] }) {
  const points = pointsOf(overview);
  return (
    <>
      <MoneyTrend overview={overview} points={points} />
      <RateTrend overview={overview} points={points} />
    </>
  );
}

function MoneyTrend({ overview, points }: TrendProps) {
  const words = useText(WORDS);
  const { language, words: shared } = useLanguage();
  const { received, refunded } = overview.total;
  const axis = useAxis(points, overview);
  const best = points.reduce<Point | undefined>((most, point) => (most && most.sales >= point.sales ? most : point), undefined);
  const summary = words.moneySummary(
    axis.title(0),
    axis.title(points.length - 1),
    shared.won(received.won),
    shared.won(refunded.won),
    best ? words.at(periodName(best.start, overview.by, language), shared.won(best.sales)) : "–",
  );
  const moved = points.filter((point) => point.sales !== 0 || point.refunds !== 0);
  return (
    <Charted
      heading={words.money}
      empty={moved.length === 0 && words.noMoney}
      chart={
        <LineChart
          {...axis}
          summary={summary}
          format={shared.won}
          short={(value) => compact(value, language)}
          series={[
            { label: words.sales, values: points.map(({ sales }) => sales), colour: "--pt-primary", filled: true },
            { label: words.refunds, values: points.map(({ refunds }) => refunds), colour: "--pt-error", dashed: true },
          ]}
        />
      }
      table={
        <DataTable
          caption={words.money}
          rows={moved}
          rowKey={({ start }) => start.toISOString()}
          columns={[
            { key: "start", header: words.time, cell: ({ start }) => periodName(start, overview.by, language) },
            { key: "sales", header: words.sales, numeric: true, cell: ({ sales }) => <Won amount={sales} /> },
            { key: "refunds", header: words.refunds, numeric: true, cell: ({ refunds }) => <Won amount={refunds} /> },
            { key: "net", header: words.net, numeric: true, cell: ({ sales, refunds }) => <Won amount={sales - refunds} /> },
          ]}
        />
      }
    />
  );
}

function RateTrend({ overview, points }: TrendProps) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  const axis = useAxis(points, overview);
  const share = (value: number | null) => (value === null ? "–" : percent(value, language));
  const decided = points.filter(({ rate }) => rate !== null);
  const worst = decided.reduce<Point | undefined>((least, point) => (least && (least.rate ?? 1) <= (point.rate ?? 1) ? least : point), undefined);
  const summary = words.rateSummary(
    axis.title(0),
    axis.title(points.length - 1),
    share(overview.total.approval_rate),
    worst ? words.at(periodName(worst.start, overview.by, language), share(worst.rate)) : "–",
  );
  return (
    <Charted
      heading={words.rates}
      empty={decided.length === 0 && words.noRate}
      chart={
        <LineChart
          {...axis}
          summary={summary}
          format={share}
          short={share}
          top={1}
          series={[{ label: words.rate, values: points.map(({ rate }) => rate), colour: "--pt-success" }]}
        />
      }
      table={
        <DataTable
          caption={words.rates}
          rows={decided}
          rowKey={({ start }) => start.toISOString()}
          columns={[
            { key: "start", header: words.time, cell: ({ start }) => periodName(start, overview.by, language) },
            { key: "rate", header: words.rate, numeric: true, cell: ({ rate }) => share(rate) },
            { key: "paid", header: words.paid, numeric: true, cell: ({ paid }) => words.orders(paid) },
            { key: "declined", header: words.declined, numeric: true, cell: ({ declined }) => words.orders(declined) },
          ]}
        />
      }
    />
  );
}

/** The horizontal axis, which both charts have. */
function useAxis(points: readonly Point[], { by, to }: Schemas["Overview"]) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  const manyDays = by === "hour" && points.length > 24;
  const named = (name: (point: Point) => string) => (at: number) => {
    const point = points[at];
    return point ? name(point) : "";
  };
  return {
    points: points.length,
    steps: STEPS[by],
    tick: named(({ start }) => tickOf(start, by, language, manyDays)),
    title: named(({ start, end }) => (end > new Date(to) ? words.running : (name: string) => name)(periodName(start, by, language))),
  };
}
