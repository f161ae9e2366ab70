import { useRef, useState } from "react";
import { useParams } from "wouter";

import { AskDialog } from "./AskDialog.js";
import { Attempts } from "./Attempts.js";
import { Cancels } from "./Cancels.js";
import { Events, Webhooks } from "./Connections.js";
import { Escrow } from "./Escrow.js";
import { History } from "./History.js";
import { Ids } from "./Ids.js";
import { Jobs } from "./Jobs.js";
import { Lines } from "./Lines.js";
import { readAgainIn } from "./pending.js";
import { ReceiptSection } from "./Receipt.js";
import { RefundButton } from "./RefundButton.js";
import { Summary } from "./Summary.js";
import { Waiting } from "./Waiting.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { useWords } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { Loaded } from "../components/Loaded.js";
import { Page } from "../components/Page.js";
import { useMay } from "../session.js";
import { useRefresh, useResource } from "../useResource.js";
import { useText } from "../words.js";

type Order = Schemas["Order"];

/** One order with everything that is known about it, and all that an operator can do about it. */
export function PaymentPage() {
  const [words, shared] = [useText(WORDS), useWords()];
  const { id = "" } = useParams<{ id: string }>();
  const acted = useRef(0);
  const order = useResource<Order>(`/operations/payments/${encodeURIComponent(id)}`, {
    every: (latest) => readAgainIn(latest, acted.current),
  });
  const refresh = useRefresh();
  const reload = () => {
    acted.current = Date.now();
    order.reload();
    void refresh("/operations/approvals");
    void refresh("/operations/system");
  };
  const { value } = order;
  const first = value?.session ?? value?.payments[0];
  return (
    <Page
      heading={first ? shared.orderName(first.item_name, first.line_count) : words.page}
      help={words.help}
      actions={
        <>
          {value && <Actions order={value} reload={reload} />}
          <Button kind="text" icon="refresh" busy={order.busy} onClick={order.reload}>
            {words.refresh}
          </Button>
        </>
      }
    >
      <Loaded of={order}>{(shown) => <Everything order={shown} reload={reload} />}</Loaded>
    </Page>
  );
}

function Actions({ order, reload }: { order: Order; reload: () => void }) {
  const words = useText(WORDS);
  const may = useMay();
  const [asking, setAsking] = useState(false);
  const payment = mainOf(order);
  return (
    <>
      {payment && <RefundButton order={order} payment={payment} onDone={reload} />}
      {order.session && may("replay") && (
        <Button kind="outlined" onClick={() => setAsking(true)}>
          {words.ask}
        </Button>
      )}
      {asking && <AskDialog id={order.id} onClose={() => setAsking(false)} onDone={reload} />}
    </>
  );
}

function Everything({ order, reload }: { order: Order; reload: () => void }) {
  const payment = mainOf(order);
  return (
    <>
      <Summary order={order} payment={payment} />
      <Waiting order={order} onDone={reload} />
      <Lines order={order} payment={payment} onDone={reload} />
      <Escrow payment={payment} onDone={reload} />
      <Attempts order={order} onDone={reload} />
      <Cancels order={order} onDone={reload} />
      <ReceiptSection order={order} onDone={reload} />
      <History order={order} />
      <Webhooks order={order} />
      <Jobs order={order} onDone={reload} />
      <Events order={order} />
      <Ids order={order} />
    </>
  );
}

/** The payment that pays the order, else the newest one. */
function mainOf(order: Order): Schemas["OrderPayment"] | undefined {
  return order.payments.find((payment) => payment.verdict === "accepted") ?? order.payments.at(-1);
}
