import { useState } from "react";

import { WORDS } from "./words.js";
import { Field, Select } from "../../components/Field.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { useNotify } from "../components/Notices.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

type Carrier = Schemas["Shipment"]["carrier"];

const CARRIERS: readonly Carrier[] = ["cj", "hanjin", "lotte", "logen", "post", "daesin", "etc"];

interface ShipmentDialogProps {
  payment: Schemas["OrderPayment"];
  onClose: () => void;
  onDone: () => void;
}

/** Has a worker register with PortOne how the goods of an escrow payment were sent. */
export function ShipmentDialog({ payment, onClose, onDone }: ShipmentDialogProps) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const [carrier, setCarrier] = useState<Carrier>(payment.shipment?.carrier ?? "cj");
  const [invoice, setInvoice] = useState(payment.shipment?.invoice ?? "");
  const [wrong, setWrong] = useState(false);
  const register = async () => {
    const typed = invoice.trim();
    const bad = !/^[A-Za-z0-9-]{1,50}$/.test(typed);
    setWrong(bad);
    if (bad) return;
    const path = `/operations/payments/${encodeURIComponent(payment.payment_id)}/shipment`;
    const done = await action.run("POST", path, { carrier, invoice: typed });
    onDone();
    if (done === null) return;
    notify(words.shipmentAsked);
    onClose();
  };
  return (
    <ActionDialog
      heading={words.registerShipment}
      confirm={words.register}
      busy={action.busy}
      problem={action.problem}
      onConfirm={() => void register()}
      onClose={onClose}
    >
      <p>{words.shipmentHelp}</p>
      <Select
        label={words.carrier}
        name="carrier"
        value={carrier}
        choices={CARRIERS.map((one) => [one, words.carriers[one]] as const)}
        onChange={(value) => setCarrier(value as Carrier)}
      />
      <Field
        label={words.invoice}
        name="invoice"
        autoComplete="off"
        maxLength={50}
        required
        error={wrong ? words.invoiceWrong : undefined}
        value={invoice}
        onChange={setInvoice}
      />
    </ActionDialog>
  );
}
