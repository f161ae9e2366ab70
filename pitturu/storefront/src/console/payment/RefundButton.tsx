import { useState } from "react";

import { Button } from "../../components/Button.js";
import type { Schemas } from "../api.js";
import { RefundDialog } from "../refund/RefundDialog.js";
import { refundOf } from "../refund/refundable.js";
import { WORDS } from "../refund/words.js";
import { useOperator } from "../session.js";
import { useText } from "../words.js";

interface RefundButtonProps {
  order: Schemas["Order"];
  payment: Schemas["OrderPayment"];
  onDone: () => void;
  kind?: "outlined" | "text";
}

/** Offers a refund of a payment where one is possible; says who may do it where this role may not. */
export function RefundButton({ order, payment, onDone, kind = "outlined" }: RefundButtonProps) {
  const words = useText(WORDS);
  const operator = useOperator();
  const [open, setOpen] = useState(false);
  const offered = refundOf(order, payment, operator);
  if (offered === null) return null;
  if (!offered.allowed) return <span className="pt-small">{words.accountRole}</span>;
  return (
    <>
      <Button kind={kind} onClick={() => setOpen(true)}>
        {payment.status === "awaiting_deposit" ? words.withdrawAccount : words.refund}
      </Button>
      {open && <RefundDialog order={order} paid={payment} offered={offered} onClose={() => setOpen(false)} onDone={onDone} />}
    </>
  );
}
