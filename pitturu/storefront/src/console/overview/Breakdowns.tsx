import { Link } from "wouter";

import { percent } from "./formats.js";
import { WORDS } from "./words.js";
import { useLanguage } from "../../i18n/language.js";
import { type Schemas, withQuery } from "../api.js";
import { Bars } from "../components/Bars.js";
import { Charted } from "../components/Charted.js";
import { DataTable } from "../components/DataTable.js";
import { Empty } from "../components/Loaded.js";
import { Won } from "../components/Value.js";
import { koreanDay } from "../days.js";
import { useMethodName } from "../methods.js";
import { useText } from "../words.js";

type Way = Schemas["Way"];

/** What the sums are made of: ways to pay, and reasons of declines. */
export function Breakdowns({ overview }: { overview: Schemas["Overview"] }) {
  return (
    <div className="pc-columns">
      <Ways ways={overview.ways} />
      <Declines overview={overview} />
    </div>
  );
}

function Ways({ ways }: { ways: readonly Way[] }) {
  const words = useText(WORDS);
  const { language, words: shared } = useLanguage();
  const methodName = useMethodName();
  const method = (way: Way) => (way.pay_method ? methodName(way.pay_method) : words.unknownMethod);
  const keyOf = (way: Way) => [way.pay_method, way.pg_provider, way.generation].join();
  const sold = ways.filter((way) => way.received.won > 0);
  return (
    <Charted
      heading={words.ways}
      empty={ways.length === 0 && words.noMoney}
      chart={
        sold.length === 0 ? (
          <Empty>{words.noMoney}</Empty>
        ) : (
          <Bars
            label={words.ways}
            bars={sold.map((way) => ({
              key: keyOf(way),
              label: [method(way), way.pg_provider, way.generation.toUpperCase()].filter(Boolean).join(" · "),
              value: way.received.won,
              text: shared.won(way.received.won),
            }))}
          />
        )
      }
      table={
        <DataTable
          caption={words.ways}
          rows={ways}
          rowKey={keyOf}
          columns={[
            { key: "method", header: words.method, cell: method },
            { key: "pg", header: words.channel, cell: (way) => way.pg_provider || "–" },
            { key: "generation", header: words.generation, cell: (way) => way.generation.toUpperCase() || "–" },
            { key: "sales", header: words.sales, numeric: true, cell: (way) => <Won amount={way.received.won} /> },
            { key: "refunds", header: words.refunds, numeric: true, cell: (way) => <Won amount={way.refunded.won} /> },
            { key: "paid", header: words.paid, numeric: true, cell: (way) => words.orders(way.paid) },
            { key: "declined", header: words.declined, numeric: true, cell: (way) => words.orders(way.declined) },
            {
              key: "rate",
              header: words.rate,
              numeric: true,
              cell: (way) => (way.approval_rate === null ? "–" : percent(way.approval_rate, language)),
            },
          ]}
        />
      }
    />
  );
}

function Declines({ overview: { from, to, declines, previous } }: { overview: Schemas["Overview"] }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  const all = declines.reduce((sum, { count }) => sum + count, 0);
  const name = (reason: string) => words.reasons[reason] ?? reason;
  const failed = withQuery("/payments", { status: "failed", from: koreanDay(new Date(from)), to: koreanDay(new Date(Date.parse(to) - 1)) });
  const before = (reason: string) => previous.declines.find((one) => one.reason === reason)?.count ?? 0;
  return (
    <Charted
      heading={words.declines}
      empty={declines.length === 0 && words.noDeclines}
      chart={
        <Bars
          label={words.declines}
          bars={declines.map(({ reason, count }) => ({
            key: reason,
            label: name(reason),
            value: count,
            text: `${words.orders(count)} · ${percent(count / all, language)}`,
          }))}
        />
      }
      more={<Link href={failed}>{words.failed}</Link>}
      table={
        <DataTable
          caption={words.declines}
          rows={declines}
          rowKey={({ reason }) => reason}
          columns={[
            { key: "reason", header: words.reason, cell: ({ reason }) => name(reason) },
            { key: "count", header: words.count, numeric: true, cell: ({ count }) => words.orders(count) },
            { key: "share", header: words.share, numeric: true, cell: ({ count }) => percent(count / all, language) },
            { key: "before", header: words.countBefore, numeric: true, cell: ({ reason }) => words.orders(before(reason)) },
          ]}
        />
      }
    />
  );
}
