import type { ReactNode } from "react";
import { Link } from "wouter";

import { WORDS } from "./words.js";
import { StatusChip } from "../../components/StatusChip.js";
import { type Language, useLanguage } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { Chip, Time, Won } from "../components/Value.js";
import { KOREA, koreanDay } from "../days.js";
import { useMethodName } from "../methods.js";
import { useText } from "../words.js";

type Order = Schemas["ListedOrder"];

export function Orders({ orders }: { orders: readonly Order[] }) {
  const words = useText(WORDS);
  const { language, words: common } = useLanguage();
  return (
    <DataTable
      caption={words.heading}
      rows={orders}
      rowKey={(order) => `${order.session_id ?? ""} ${order.payment_id ?? ""} ${order.merchant_uid}`}
      columns={[
        { key: "order", header: words.order, cell: (order) => <Named order={order} /> },
        { key: "buyer", header: words.buyer, cell: (order) => <Buyer order={order} /> },
        {
          key: "amount",
          header: words.amount,
          numeric: true,
          cell: (order) => (
            <Two below={order.refunded_amount > 0 && words.refunded(common.won(order.refunded_amount))}>
              <Won amount={order.amount} />
            </Two>
          ),
        },
        { key: "status", header: words.status, cell: (order) => <StatusChip status={order.status} /> },
        { key: "channel", header: words.channel, cell: (order) => <Channel order={order} /> },
        {
          key: "at",
          header: words.at,
          cell: (order) => (
            <Two below={order.paid_at && words.paidAt(paidTime(order, language))}>
              <Time at={order.created_at} />
            </Two>
          ),
        },
      ]}
    />
  );
}

/** What was ordered, with the way to all of it. */
function Named({ order }: { order: Order }) {
  const words = useText(WORDS);
  const { words: common } = useLanguage();
  const id = order.session_id ?? order.payment_id ?? order.merchant_uid;
  const name = common.orderName(order.item_name || order.merchant_uid, order.line_count);
  return (
    <Two
      holds="order"
      below={
        <>
          <code>{order.merchant_uid}</code>
          {order.reference && <span>{words.reference(order.reference)}</span>}
        </>
      }
    >
      <Link href={`/payments/${encodeURIComponent(id)}`}>{name}</Link>
      {order.session_id === null && <Chip tone="caution">{words.unknownOrder}</Chip>}
    </Two>
  );
}

function Buyer({ order: { session_id: session, username, buyer_name: name, buyer_tel: tel, buyer_email: email } }: { order: Order }) {
  const words = useText(WORDS);
  if (session === null) return <>–</>;
  return (
    <Two holds="buyer" below={name === null ? words.erased : (tel ?? email)}>
      {name ?? username ?? "–"}
      {name !== null && username && <small>{username}</small>}
    </Two>
  );
}

function Channel({ order }: { order: Order }) {
  const methodName = useMethodName();
  const below = [order.pg_provider, order.generation.toUpperCase()].filter(Boolean).join(" · ");
  return <Two below={below}>{order.pay_method ? methodName(order.pay_method) : "–"}</Two>;
}

/** When an order was paid, in Korea: of its own day only the time. */
function paidTime({ created_at: created, paid_at: paid }: Order, language: Language): string {
  const at = new Date(paid ?? created);
  const sameDay = koreanDay(at) === koreanDay(new Date(created));
  const day: Intl.DateTimeFormatOptions = sameDay ? {} : { dateStyle: "short" };
  return at.toLocaleString(language === "ko" ? "ko-KR" : "en-US", { ...day, timeStyle: "short", timeZone: KOREA });
}

/** A value, and what belongs to it in small letters. */
function Two({ holds, below, children }: { holds?: "order" | "buyer"; below: ReactNode; children: ReactNode }) {
  return (
    <span className={holds ? `pc-two pc-two-${holds}` : "pc-two"}>
      <span>{children}</span>
      {below && <small>{below}</small>}
    </span>
  );
}
