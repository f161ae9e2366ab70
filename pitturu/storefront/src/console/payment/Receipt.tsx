import { useState } from "react";

import { WORDS } from "./receiptWords.js";
import { Button } from "../../components/Button.js";
import { Facts } from "../../components/Facts.js";
import { Field, Select } from "../../components/Field.js";
import { safeLink } from "../../components/PaymentDetails.js";
import { useWords } from "../../i18n/language.js";
import { type CashReceipt, hasReceipt } from "../../services/order.js";
import type { PayMethod } from "../../types/payment.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { useNotify } from "../components/Notices.js";
import { Section } from "../components/Page.js";
import { Chip, Time, type Tone, Won } from "../components/Value.js";
import { useMay } from "../session.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

type Order = Schemas["Order"];
type Receipt = Schemas["OrderReceipt"];

const TONES: Partial<Record<Receipt["stage"], Tone>> = { issued: "good", differs: "caution", failed: "bad" };

/** The cash receipt of an order that was paid by bank transfer or virtual account, and having it issued. */
export function ReceiptSection({ order, onDone }: { order: Order; onDone: () => void }) {
  const words = useText(WORDS);
  const may = useMay();
  const [open, setOpen] = useState(false);
  const receipt = order.cash_receipt;
  const paid = order.payments.find((payment) => payment.verdict === "accepted");
  if (!receipt && !(paid && hasReceipt(paid.pay_method as PayMethod))) return null;
  const possible = receipt ? receipt.may_issue_again : paid !== undefined && paid.remaining > 0;
  const action = possible && may("issue_receipts") && (
    <Button kind="outlined" onClick={() => setOpen(true)}>
      {receipt ? words.again : words.issue}
    </Button>
  );
  return (
    <Section heading={words.heading} actions={action}>
      {receipt ? <State receipt={receipt} /> : <p className="pt-small">{words.none}</p>}
      {open && <IssueDialog order={order} onClose={() => setOpen(false)} onDone={onDone} />}
    </Section>
  );
}

function State({ receipt }: { receipt: Receipt }) {
  const [words, shared] = [useText(WORDS), useWords()];
  const link = safeLink(receipt.url);
  const purpose = receipt.purpose && shared.receipt.purposes[receipt.purpose];
  return (
    <Facts
      rows={[
        [words.state, <Chip tone={receipt.dead_since ? "bad" : (TONES[receipt.stage] ?? "neutral")}>{words.stages[receipt.stage]}</Chip>],
        (receipt.refusal ?? receipt.last_error) !== null && [words.reason, receipt.refusal ?? receipt.last_error],
        [words.recipient, receipt.self_issued ? words.selfIssued : [purpose, receipt.identifier].filter(Boolean).join(" · ") || "–"],
        [words.amount, <Won amount={receipt.amount} />],
        receipt.amount !== receipt.kept && [words.kept, <Won amount={receipt.kept} />],
        receipt.number !== null && [words.number, <code>{receipt.number}</code>],
        receipt.issued_at !== null && [words.issuedAt, <Time at={receipt.issued_at} />],
        receipt.cancelled_at !== null && [words.cancelledAt, <Time at={receipt.cancelled_at} />],
        link !== null && [
          words.document,
          <a href={link} target="_blank" rel="noopener noreferrer">
            {words.show}
          </a>,
        ],
      ]}
    />
  );
}

function IssueDialog({ order, onClose, onDone }: { order: Order; onClose: () => void; onDone: () => void }) {
  const [words, shared] = [useText(WORDS), useWords()];
  const notify = useNotify();
  const action = useAction();
  const known = order.cash_receipt?.identifier ?? null;
  const [purpose, setPurpose] = useState<CashReceipt["purpose"]>(known ? "none" : "personal");
  const [identifier, setIdentifier] = useState("");
  const issue = async () => {
    const body = purpose === "none" ? {} : { cash_receipt: { purpose, identifier } };
    const answer = await action.run<Receipt>("POST", `/operations/payments/${encodeURIComponent(order.id)}/cash-receipt`, body);
    if (answer === null) return;
    notify(words.asked);
    onDone();
    onClose();
  };
  const { personal, business } = shared.receipt.purposes;
  return (
    <ActionDialog
      heading={words.issueHeading}
      confirm={words.issue}
      busy={action.busy}
      problem={action.problem}
      onConfirm={() => void issue()}
      onClose={onClose}
    >
      <p>{words.issueHelp}</p>
      <Select
        label={words.recipient}
        name="purpose"
        value={purpose}
        choices={[["none", known ? words.asBefore(known) : words.asAsked], ["personal", personal], ["business", business]]}
        onChange={(value) => setPurpose(value as CashReceipt["purpose"])}
      />
      {purpose !== "none" && (
        <Field
          label={shared.receipt.numbers[purpose]}
          name="identifier"
          inputMode="numeric"
          maxLength={30}
          value={identifier}
          onChange={setIdentifier}
        />
      )}
    </ActionDialog>
  );
}
