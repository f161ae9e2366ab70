import { useState } from "react";
import { Link } from "wouter";

import { AcknowledgeDialog } from "./AcknowledgeDialog.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { ActionProblem, Loading } from "../components/Loaded.js";
import { useNotify } from "../components/Notices.js";
import { RefundDialog } from "../refund/RefundDialog.js";
import { refundOf } from "../refund/refundable.js";
import { WORDS as REFUND } from "../refund/words.js";
import { useMay, useOperator } from "../session.js";
import { useAction } from "../useAction.js";
import { useResource } from "../useResource.js";
import { useText } from "../words.js";
import { ReplayDialog } from "../cases/ReplayDialog.js";
import { WORDS as WORK } from "../cases/words.js";

type Case = Schemas["Case"];
type Open = "replay" | "refund" | "acknowledge" | null;

interface CaseActionsProps {
  row: Case;
  onDone: () => void;
}

/** What this operator may do about one case. */
export function CaseActions({ row, onDone }: CaseActionsProps) {
  const [words, work] = [useText(WORDS), useText(WORK)];
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const offers = (action: Case["actions"][number]) => row.actions.includes(action);
  if (row.acknowledged !== null) return <Reopen row={row} onDone={onDone} />;
  return (
    <span className="pt-row">
      {offers("decide") && <Link href="/approvals">{words.decide}</Link>}
      {offers("replay") && (
        <Button kind="tonal" onClick={() => setOpen("replay")}>
          {work.replay}
        </Button>
      )}
      {(offers("refund") || offers("refund_account")) && row.payment_id && (
        <Button kind="tonal" onClick={() => setOpen("refund")}>
          {words.refund}
        </Button>
      )}
      {offers("acknowledge") && (
        <Button kind="text" onClick={() => setOpen("acknowledge")}>
          {words.acknowledge}
        </Button>
      )}
      {open === "replay" && <ReplayDialog ids={[row.id]} onClose={close} onDone={onDone} />}
      {open === "acknowledge" && <AcknowledgeDialog ids={[row.id]} onClose={close} onDone={onDone} />}
      {open === "refund" && row.payment_id && <RefundCase paymentId={row.payment_id} onClose={close} onDone={onDone} />}
    </span>
  );
}

/** The refund of a payment that is not on this page: it is read first. */
function RefundCase({ paymentId, onClose, onDone }: { paymentId: string; onClose: () => void; onDone: () => void }) {
  const [words, refunds] = [useText(WORDS), useText(REFUND)];
  const operator = useOperator();
  const { value: order, problem } = useResource<Schemas["Order"]>(`/operations/payments/${encodeURIComponent(paymentId)}`);
  const paid = order?.payments.find((payment) => payment.payment_id === paymentId);
  const offered = order && paid ? refundOf(order, paid, operator) : null;
  if (order && paid && offered?.allowed) return <RefundDialog {...{ order, paid, offered, onClose, onDone }} />;
  return (
    <ActionDialog heading={words.refund} confirm={words.refund} busy={order === undefined} problem={problem} onConfirm={onClose} onClose={onClose}>
      {order === undefined && problem === null ? <Loading /> : <p>{offered ? refunds.accountRole : words.refundImpossible}</p>}
    </ActionDialog>
  );
}

function Reopen({ row, onDone }: CaseActionsProps) {
  const words = useText(WORDS);
  const may = useMay();
  const notify = useNotify();
  const action = useAction();
  if (!may("replay")) return null;
  const reopen = async () => {
    if ((await action.run("DELETE", `/operations/acknowledge/${encodeURIComponent(row.id)}`)) === null) return;
    notify(words.reopened);
    onDone();
  };
  return (
    <>
      <Button kind="text" busy={action.busy} onClick={() => void reopen()}>
        {words.reopen}
      </Button>
      <ActionProblem problem={action.problem} />
    </>
  );
}
