"use client";

import { Button, ButtonLink } from "./Button.js";
import { Facts } from "./Facts.js";
import { OrderLines } from "./OrderLines.js";
import { Timeline } from "./Timeline.js";
import { useWords } from "../i18n/language.js";
import type { Cancellation, FullPayment, Line, PayMethod } from "../types/payment.js";

interface PaymentDetailsProps {
  payment: FullPayment;
  /** Takes a return request back; without it there is no button for it. */
  onWithdraw?: ((cancellationId: string) => void) | undefined;
}

/** One payment with its lines and their deliveries, its receipt, its cancellations and its timeline. */
export function PaymentDetails({ payment, onWithdraw }: PaymentDetailsProps) {
  const words = useWords();
  const methods = words.form.methods as Record<string, string>;
  const receipt = safeLink(payment.receipt_url);
  const months = payment.installment_months !== null && words.result.installments(payment.installment_months);
  // Before the money is there, nobody owns what is ordered, and nothing of it was returned.
  const lines = payment.paid_at === null ? payment.lines.map(({ owned: _, ...line }) => line) : payment.lines;
  return (
    <div className="pt-details">
      <Facts
        rows={[
          [words.result.item, <OrderLines lines={lines} shipping={payment.shipping} discount={payment.discount} />],
          [words.result.amount, <strong>{words.won(payment.amount)}</strong>],
          payment.cancelled_amount > 0 && [words.result.cancelled, words.won(payment.cancelled_amount)],
          [words.result.method, [methods[payment.pay_method as PayMethod] ?? payment.pay_method, months].filter(Boolean).join(", ")],
          payment.escrow_status !== null && [words.result.escrow, words.escrow[payment.escrow_status] ?? payment.escrow_status],
          payment.cash_receipt !== null && [words.receipt.heading, <ReceiptState receipt={payment.cash_receipt} />],
          payment.paid_at !== null && [words.result.paidAt, words.moment(new Date(payment.paid_at))],
          [words.result.orderNumber, <code>{payment.merchant_uid}</code>],
          payment.fail_reason !== null && [words.result.reason, payment.fail_reason],
        ]}
      />
      {receipt && (
        <ButtonLink kind="outlined" icon="receipt" href={receipt} external>
          {words.actions.receipt}
        </ButtonLink>
      )}
      {payment.cancellations.length > 0 && (
        <Cancellations rows={payment.cancellations} lines={payment.lines} onWithdraw={onWithdraw} />
      )}
      <Timeline events={payment.timeline} />
    </div>
  );
}

function ReceiptState({ receipt }: { receipt: NonNullable<FullPayment["cash_receipt"]> }) {
  const { receipt: words } = useWords();
  const link = safeLink(receipt.url);
  const text = [words.stages[receipt.stage], receipt.identifier].filter(Boolean).join(" · ");
  return link ? (
    <a href={link} target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  ) : (
    <>{text}</>
  );
}

interface CancellationsProps extends Pick<PaymentDetailsProps, "onWithdraw"> {
  rows: readonly Cancellation[];
  lines: readonly Line[];
}

function Cancellations({ rows, lines, onWithdraw }: CancellationsProps) {
  const words = useWords();
  return (
    <section className="pt-cancellations">
      <h3>{words.cancel.cancellations}</h3>
      <ul>
        {rows.map((row) => (
          <li key={row.cancellation_id}>
            <span>
              {words.won(row.amount)} · {words.stages[row.stage]}
            </span>
            {lines.length > 1 && <Returned row={row} lines={lines} />}
            <span className="pt-small">{row.refusal ?? row.reason}</span>
            {row.refund_account && (
              <span className="pt-small">
                {row.refund_account.bank_name} {row.refund_account.number} {row.refund_account.holder}
              </span>
            )}
            {row.stage === "return_requested" && onWithdraw && (
              <Button kind="text" onClick={() => onWithdraw(row.cancellation_id)}>
                {words.cancel.withdraw}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Which pieces of which lines come back. */
function Returned({ row, lines }: { row: Cancellation; lines: readonly Line[] }) {
  const words = useWords();
  const nameOf = (lineId: string) => lines.find((line) => line.line_id === lineId)?.item_name ?? "";
  const pieces = row.lines.map(({ line_id, quantity }) => `${nameOf(line_id)} × ${words.pieces(quantity)}`);
  return pieces.length > 0 ? <span>{pieces.join(", ")}</span> : null;
}

/** A link from PortOne, validated before it is rendered. */
export function safeLink(address: string | null): string | null {
  return address !== null && URL.canParse(address) && /^https?:$/.test(new URL(address).protocol) ? address : null;
}
