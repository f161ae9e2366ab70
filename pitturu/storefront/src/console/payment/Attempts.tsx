import { RefundButton } from "./RefundButton.js";
import { WORDS } from "./words.js";
import { safeLink } from "../../components/PaymentDetails.js";
import { StatusChip } from "../../components/StatusChip.js";
import { useWords } from "../../i18n/language.js";
import type { PayMethod } from "../../types/payment.js";
import type { Schemas } from "../api.js";
import { DataTable } from "../components/DataTable.js";
import { Section } from "../components/Page.js";
import { Chip, Time, Won } from "../components/Value.js";
import { useText } from "../words.js";

type Payment = Schemas["OrderPayment"];

/** Every attempt to pay, as PortOne and this system see it. */
export function Attempts({ order, onDone }: { order: Schemas["Order"]; onDone: () => void }) {
  const words = useText(WORDS);
  const rows = order.payments;
  if (rows.length === 0) {
    return (
      <Section heading={words.attempts}>
        <p className="pt-small">{words.noPayment}</p>
      </Section>
    );
  }
  return (
    <Section heading={words.attempts}>
      <DataTable
        caption={words.attempts}
        rows={rows}
        rowKey={(payment) => payment.payment_id}
        columns={[
          { key: "amount", header: words.amount, cell: (payment) => <Won amount={payment.amount} /> },
          { key: "status", header: words.status, cell: (payment) => <StatusChip status={payment.status} /> },
          { key: "verdict", header: words.verdict, cell: (payment) => <Verdict payment={payment} /> },
          { key: "provider", header: words.provider, cell: (payment) => <Provider payment={payment} /> },
          { key: "method", header: words.method, cell: (payment) => <Method payment={payment} /> },
          { key: "remaining", header: words.remaining, numeric: true, cell: (payment) => <Won amount={payment.remaining} /> },
          { key: "paid", header: words.paidAt, cell: (payment) => <Time at={payment.paid_at} /> },
          { key: "receipt", header: words.receipt, cell: (payment) => <Receipt payment={payment} /> },
          rows.length > 1 && {
            key: "action",
            header: words.action,
            cell: (payment) => <RefundButton order={order} payment={payment} onDone={onDone} kind="text" />,
          },
        ]}
      />
    </Section>
  );
}

function Verdict({ payment: { verdict } }: { payment: Payment }) {
  const words = useText(WORDS);
  if (verdict === null) return <>–</>;
  return <Chip tone={verdict === "accepted" ? "good" : "bad"}>{words.verdicts[verdict] ?? verdict}</Chip>;
}

function Provider({ payment }: { payment: Payment }) {
  return (
    <span className="pc-stack">
      <code>{payment.provider_status}</code>
      {payment.fail_reason && <span className="pt-small">{payment.fail_reason}</span>}
    </span>
  );
}

/** How it was paid, through which PG, with which of PortOne's APIs. */
export function Method({ payment }: { payment: Payment }) {
  const [words, shared] = [useText(WORDS), useWords()];
  const name = shared.form.methods[payment.pay_method as PayMethod] ?? payment.pay_method;
  const months = payment.installment_months !== null && shared.result.installments(payment.installment_months);
  const about = [months, payment.pg_provider, payment.generation.toUpperCase(), payment.sandbox && words.sandbox].filter(Boolean);
  return (
    <span className="pc-stack">
      {name}
      <span className="pt-small">{about.join(" · ")}</span>
    </span>
  );
}

function Receipt({ payment }: { payment: Payment }) {
  const words = useText(WORDS);
  const link = safeLink(payment.receipt_url);
  if (link === null) return <>–</>;
  return (
    <a href={link} target="_blank" rel="noopener noreferrer">
      {words.receipt}
    </a>
  );
}
