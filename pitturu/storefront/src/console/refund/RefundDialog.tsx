import { useState } from "react";

import { blankRefund, refundComplaints, refundWish } from "./draft.js";
import { HowMuch } from "./HowMuch.js";
import type { OfferedRefund } from "./refundable.js";
import { WORDS } from "./words.js";
import { Alert } from "../../components/Alert.js";
import { RefundAccountFields } from "../../components/CancelFields.js";
import { Field } from "../../components/Field.js";
import { useWords } from "../../i18n/language.js";
import { moneyLeft, needsOf, type Wrong } from "../../services/cancelDraft.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { useNotify } from "../components/Notices.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

interface RefundDialogProps {
  order: Schemas["Order"];
  paid: Schemas["OrderPayment"];
  offered: OfferedRefund;
  onClose: () => void;
  onDone: () => void;
}

/** A refund of an operator: in full, by pieces, or by an amount. It says when a second operator has to approve it. */
export function RefundDialog({ order, paid, offered, onClose, onDone }: RefundDialogProps) {
  const [words, shared] = [useText(WORDS), useWords()];
  const notify = useNotify();
  const action = useAction();
  const { payment } = offered;
  const [draft, setDraft] = useState(() => blankRefund(payment));
  const [wrong, setWrong] = useState<Wrong>({});
  const needs = needsOf(payment);
  const send = async () => {
    const complaints = refundComplaints(shared, draft, payment, words.wonHint(shared.won(moneyLeft(payment))));
    setWrong(complaints);
    if (Object.keys(complaints).length > 0) return;
    const path = `/payments/${encodeURIComponent(paid.payment_id)}/cancel`;
    const answer = await action.run<Schemas["FullPayment"]>("POST", path, refundWish(draft, payment));
    // Without an answer it may have been done, and a refusal may mean that the order has changed.
    onDone();
    if (answer === null) return;
    const open = answer.cancellations.map((row) => row.stage);
    notify(open.includes("awaiting_approval") ? words.waits : open.includes("return_requested") ? words.returned : words.requested);
    onClose();
  };
  return (
    <ActionDialog
      heading={needs.revoke ? words.withdrawAccount : words.heading}
      confirm={needs.revoke ? words.withdrawAccount : words.confirm}
      busy={action.busy}
      problem={action.problem}
      dangerous
      onConfirm={() => void send()}
      onClose={onClose}
    >
      {needs.revoke ? (
        <Alert kind="info">{shared.cancel.revoke}</Alert>
      ) : (
        <>
          <p>{words.what(order.session?.buyer_name || order.session?.user || "")}</p>
          <HowMuch paid={paid} offered={offered} {...{ draft, wrong }} onChange={setDraft} />
        </>
      )}
      <Field
        label={shared.cancel.reason}
        name="reason"
        maxLength={255}
        required
        value={draft.reason}
        error={wrong.reason}
        onChange={(reason) => setDraft({ ...draft, reason })}
      />
      {needs.account && <RefundAccountFields tel={needs.tel} {...{ draft, wrong }} onChange={(changed) => setDraft({ ...draft, ...changed })} />}
    </ActionDialog>
  );
}
