import { WORDS } from "./words.js";
import type { Schemas } from "../api.js";
import { Section } from "../components/Page.js";
import { Id } from "../components/Value.js";
import { useText } from "../words.js";

/** Every id of the order, to copy into PortOne's console, a mail or a log search. */
export function Ids({ order }: { order: Schemas["Order"] }) {
  const words = useText(WORDS);
  const rows: [string, string | null][] = [
    [words.merchantUid, order.merchant_uid],
    [words.sessionId, order.session?.session_id ?? null],
    ...order.payments.flatMap((payment): [string, string | null][] => [
      [words.paymentId, payment.payment_id],
      [words.impUid, payment.imp_uid],
      ...payment.cancellations.map(({ cancellation_id }): [string, string] => [words.cancellationId, cancellation_id]),
    ]),
    [words.requestId, order.session?.request_id ?? null],
  ];
  return (
    <Section heading={words.ids}>
      <dl className="pt-facts">
        {rows
          .filter(([, id]) => id !== null)
          .map(([name, id]) => (
            <div key={`${name} ${id}`}>
              <dt>{name}</dt>
              <dd>
                <Id value={id} what={`${name} ${id}`} />
              </dd>
            </div>
          ))}
      </dl>
    </Section>
  );
}
