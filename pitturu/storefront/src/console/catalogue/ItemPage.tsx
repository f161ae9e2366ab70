import { useState } from "react";
import { Link, useParams } from "wouter";

import { SaleChip, Stock } from "./CataloguePage.js";
import { ItemDialog } from "./ItemDialog.js";
import { StockDialog } from "./StockDialog.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { Facts } from "../../components/Facts.js";
import { type Schemas, withQuery } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { Loaded } from "../components/Loaded.js";
import { Page, Section } from "../components/Page.js";
import { Pager } from "../components/Pager.js";
import { Id, Time, Won } from "../components/Value.js";
import { Can } from "../session.js";
import { useFilters } from "../useFilters.js";
import { useRefresh, useResource } from "../useResource.js";
import { useText } from "../words.js";

type Item = Schemas["ManagedItem"];

/** One item and every change of its stock. */
export function ItemPage() {
  const words = useText(WORDS);
  const { id = "" } = useParams<{ id: string }>();
  const path = `/catalogue/items/${encodeURIComponent(id)}`;
  const filters = useFilters([]);
  const item = useResource<Item>(path);
  const ledger = useResource<Schemas["StockLinesPage"]>(withQuery(`${path}/stock`, { cursor: filters.cursor }));
  const refresh = useRefresh();
  return (
    <Page heading={item.value?.name ?? words.heading} help={words.itemHelp} actions={item.value && <Actions item={item.value} onSaved={() => void refresh(path)} />}>
      <Loaded of={item}>{(found) => <About item={found} />}</Loaded>
      <Section heading={words.ledger}>
        <Loaded of={ledger} isEmpty={({ items }) => items.length === 0} empty={words.ledgerEmpty}>
          {({ items, next }) => (
            <>
              <Ledger lines={items} />
              <Pager filters={filters} next={next} />
            </>
          )}
        </Loaded>
      </Section>
    </Page>
  );
}

function Actions({ item, onSaved }: { item: Item; onSaved: () => void }) {
  const words = useText(WORDS);
  const [open, setOpen] = useState<"item" | "stock" | null>(null);
  const close = () => setOpen(null);
  return (
    <Can permission="manage_catalogue">
      <Button kind="tonal" onClick={() => setOpen("stock")}>
        {words.correct}
      </Button>
      <Button onClick={() => setOpen("item")}>{words.edit}</Button>
      {open === "item" && <ItemDialog item={item} onClose={close} onSaved={onSaved} />}
      {open === "stock" && <StockDialog item={item} onClose={close} onSaved={onSaved} />}
    </Can>
  );
}

function About({ item }: { item: Item }) {
  const words = useText(WORDS);
  return (
    <Section heading={item.name}>
      <Facts
        rows={[
          [words.sale, <SaleChip item={item} />],
          [words.price, <Won amount={item.price} />],
          [words.stock, <Stock item={item} />],
          ["SKU", <Id value={item.sku} what="SKU" />],
          ["ID", <Id value={item.id} what="ID" />],
          [words.returns, item.returnable ? words.returnableYes : words.returnableNo],
          [words.tax, item.tax_free ? words.taxFree : words.taxed],
          item.description !== "" && [words.description, item.description],
          [words.created, <Time at={item.created_at} />],
        ]}
      />
    </Section>
  );
}

function Ledger({ lines }: { lines: readonly Schemas["StockLine"][] }) {
  const words = useText(WORDS);
  return (
    <DataTable
      caption={words.ledger}
      rows={lines}
      rowKey={(line) => `${line.at} ${line.session_id ?? ""} ${line.quantity}`}
      columns={[
        { key: "at", header: words.at, cell: (line) => <Time at={line.at} /> },
        { key: "kind", header: words.kind, cell: (line) => words.kinds[line.kind] },
        { key: "quantity", header: words.quantity, numeric: true, cell: (line) => (line.quantity > 0 ? `+${line.quantity}` : line.quantity) },
        {
          key: "order",
          header: words.order,
          cell: (line) => (line.session_id ? <Link href={`/payments/${encodeURIComponent(line.session_id)}`}>{line.session_id}</Link> : "–"),
        },
        { key: "reason", header: words.reason, cell: (line) => line.reason ?? "–" },
        { key: "by", header: words.by, cell: (line) => line.by ?? "–" },
      ]}
    />
  );
}
