import { useState } from "react";
import { Link } from "wouter";

import { ItemDialog } from "./ItemDialog.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { Field, Select } from "../../components/Field.js";
import { type Schemas, withQuery } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { FilterForm } from "../components/FilterForm.js";
import { Loaded } from "../components/Loaded.js";
import { Page } from "../components/Page.js";
import { Pager } from "../components/Pager.js";
import { Chip, Time, Won } from "../components/Value.js";
import { Can } from "../session.js";
import { useFilters } from "../useFilters.js";
import { useResource } from "../useResource.js";
import { useConsoleWords, useText } from "../words.js";

type Item = Schemas["ManagedItem"];

const NAMES = ["search", "active"] as const;

/** The items of the shop, retired ones too. */
export function CataloguePage() {
  const [words, shared] = [useText(WORDS), useConsoleWords()];
  const filters = useFilters(NAMES);
  const page = useResource<Schemas["ManagedItemsPage"]>(withQuery("/catalogue/items", { ...filters.values, cursor: filters.cursor }));
  const [adding, setAdding] = useState(false);
  const sale = [["", shared.any], ["true", words.onSale], ["false", words.retired]] as const;
  return (
    <Page heading={words.heading} help={words.help} actions={<Can permission="manage_catalogue"><Button icon="plus" onClick={() => setAdding(true)}>{words.add}</Button></Can>}>
      <FilterForm filters={filters}>
        {(draft, change) => (
          <>
            <Field label={words.search} name="search" maxLength={255} value={draft.search} onChange={(value) => change("search", value)} />
            <Select label={words.sale} name="active" value={draft.active} choices={sale} onChange={(value) => change("active", value)} />
          </>
        )}
      </FilterForm>
      <Loaded of={page} isEmpty={({ items }) => items.length === 0} empty={filters.active ? shared.nothingFound : words.empty}>
        {({ items, next }) => (
          <>
            <Items items={items} />
            <Pager filters={filters} next={next} />
          </>
        )}
      </Loaded>
      {adding && <ItemDialog item={null} onClose={() => setAdding(false)} onSaved={page.reload} />}
    </Page>
  );
}

function Items({ items }: { items: readonly Item[] }) {
  const words = useText(WORDS);
  return (
    <DataTable
      caption={words.heading}
      rows={items}
      rowKey={(item) => item.id}
      columns={[
        { key: "name", header: words.name, cell: (item) => <Link href={`/catalogue/${item.id}`}>{item.name}</Link> },
        { key: "sku", header: "SKU", cell: (item) => (item.sku ? <code>{item.sku}</code> : "–") },
        { key: "sale", header: words.sale, cell: (item) => <SaleChip item={item} /> },
        { key: "price", header: words.price, numeric: true, cell: (item) => <Won amount={item.price} /> },
        { key: "stock", header: words.stock, numeric: true, cell: (item) => <Stock item={item} /> },
        { key: "created", header: words.created, cell: (item) => <Time at={item.created_at} /> },
      ]}
    />
  );
}

export function SaleChip({ item }: { item: Item }) {
  const words = useText(WORDS);
  return item.active ? <Chip tone="good">{words.onSale}</Chip> : <Chip>{words.retired}</Chip>;
}

export function Stock({ item }: { item: Item }) {
  const words = useText(WORDS);
  if (item.stock === null) return <>{words.unlimited}</>;
  return item.stock === 0 ? <Chip tone="caution">{words.soldOut}</Chip> : <>{item.stock.toLocaleString()}</>;
}
