import { useState } from "react";

import { ShipmentDialog } from "./ShipmentDialog.js";
import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { Facts } from "../../components/Facts.js";
import type { Schemas } from "../api.js";
import { ActionDialog } from "../components/ActionDialog.js";
import { useNotify } from "../components/Notices.js";
import { Section } from "../components/Page.js";
import { Chip, Time, type Tone } from "../components/Value.js";
import { useMay } from "../session.js";
import { useAction } from "../useAction.js";
import { useText } from "../words.js";

type Shipment = NonNullable<Schemas["OrderPayment"]["shipment"]>;

interface EscrowProps {
  /** The payment that pays the order. */
  payment: Schemas["OrderPayment"] | undefined;
  onDone: () => void;
}

/** What PortOne says of the escrow, and how the goods were sent. Nothing for a payment without escrow. */
export function Escrow({ payment, onDone }: EscrowProps) {
  const words = useText(WORDS);
  const may = useMay();
  const [registering, setRegistering] = useState(false);
  const [confirming, setConfirming] = useState(false);
  if (!payment || payment.escrow_status === null) return null;
  const { shipment, escrow_status: status } = payment;
  const underWay = shipment?.stage === "requested" || shipment?.stage === "sent";
  const confirmable = may("confirm_escrow") && shipment?.stage === "registered" && !shipment.confirming && OPEN.includes(status);
  return (
    <Section heading={words.escrow}>
      <Facts
        rows={[
          [words.status, words.escrowStatuses[status] ?? status],
          shipment !== null && [words.shipment, <Sent shipment={shipment} />],
          shipment !== null && shipment.refusal !== null && [words.refusal, shipment.refusal],
          shipment !== null && shipment.confirming && [words.confirmation, words.confirming],
          shipment !== null && shipment.confirm_refusal !== null && [words.confirmation, shipment.confirm_refusal],
        ]}
      />
      {may("ship") && payment.verdict === "accepted" && payment.remaining > 0 && (
        <p>
          <Button kind="outlined" disabled={underWay} onClick={() => setRegistering(true)}>
            {shipment === null ? words.registerShipment : words.changeShipment}
          </Button>
        </p>
      )}
      {confirmable && (
        <p>
          <Button kind="outlined" onClick={() => setConfirming(true)}>
            {words.confirmEscrow}
          </Button>
        </p>
      )}
      {confirming && <ConfirmDialog payment={payment} onClose={() => setConfirming(false)} onDone={onDone} />}
      {registering && <ShipmentDialog payment={payment} onClose={() => setRegistering(false)} onDone={onDone} />}
    </Section>
  );
}

/** V2 alone says more than that there is an escrow, and takes a confirmation from the shop. */
const OPEN: readonly string[] = ["registered", "delivered"];

function ConfirmDialog({ payment, onClose, onDone }: { payment: Schemas["OrderPayment"]; onClose: () => void; onDone: () => void }) {
  const words = useText(WORDS);
  const notify = useNotify();
  const action = useAction();
  const confirm = async () => {
    const path = `/operations/payments/${encodeURIComponent(payment.payment_id)}/shipment/confirmation`;
    const answer = await action.run<Shipment>("POST", path, {});
    onDone();
    if (answer === null) return;
    notify(words.confirmRequested);
    onClose();
  };
  return (
    <ActionDialog
      heading={words.confirmEscrow}
      confirm={words.confirmEscrow}
      busy={action.busy}
      problem={action.problem}
      dangerous
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <p>{words.confirmHelp}</p>
    </ActionDialog>
  );
}

const TONES: Record<Shipment["stage"], Tone> = { requested: "neutral", sent: "neutral", registered: "good", refused: "bad" };

function Sent({ shipment }: { shipment: Shipment }) {
  const words = useText(WORDS);
  return (
    <span className="pc-stack">
      <span>
        {words.carriers[shipment.carrier]} <code>{shipment.invoice}</code>
      </span>
      <Chip tone={TONES[shipment.stage]}>{words.shipmentStages[shipment.stage]}</Chip>
      <Time at={shipment.sent_at} />
    </span>
  );
}
