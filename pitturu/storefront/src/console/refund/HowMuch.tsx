import { useId } from "react";

import { givenBack, type OperatorDraft } from "./draft.js";
import type { OfferedRefund } from "./refundable.js";
import { WORDS } from "./words.js";
import { Alert } from "../../components/Alert.js";
import { Pieces } from "../../components/CancelFields.js";
import { Field } from "../../components/Field.js";
import { useWords } from "../../i18n/language.js";
import { linesLeft, mayChoose, moneyLeft, needsOf, reasonText, type Wrong } from "../../services/cancelDraft.js";
import type { Schemas } from "../api.js";
import { useMay } from "../session.js";
import { useText } from "../words.js";

interface HowMuchProps {
  paid: Schemas["OrderPayment"];
  offered: OfferedRefund;
  draft: OperatorDraft;
  wrong: Wrong;
  onChange: (draft: OperatorDraft) => void;
}

type Extent = "full" | "pieces" | "amount";

/** The part of the payment that goes back, and what that means. */
export function HowMuch({ paid, offered, draft, wrong, onChange }: HowMuchProps) {
  const [words, shared] = [useText(WORDS), useWords()];
  const group = useId();
  const { payment } = offered;
  const extents = useExtents(offered);
  const extent: Extent = draft.byAmount ? "amount" : draft.how;
  const choose = (next: Extent) => onChange({ ...draft, byAmount: next === "amount", how: next === "pieces" ? "pieces" : "full" });
  const labels: Record<Extent, string> = { full: words.full(shared.won(moneyLeft(payment))), pieces: words.pieces, amount: words.amount };
  const why = reasonText(shared, payment);
  return (
    <>
      {!offered.accepted && <Alert kind="info">{words.rejected}</Alert>}
      <fieldset className="pt-methods">
        <legend>{words.how}</legend>
        {extents.map((one) => (
          <label key={one} className="pt-method">
            <input type="radio" name={group} value={one} checked={extent === one} onChange={() => choose(one)} />
            <span>{labels[one]}</span>
          </label>
        ))}
      </fieldset>
      {why && <p className="pt-small">{why}</p>}
      {extent === "amount" && (
        <Field
          label={words.won}
          name="won"
          inputMode="numeric"
          maxLength={15}
          hint={words.wonHint(shared.won(moneyLeft(payment)))}
          error={wrong.won}
          value={draft.won}
          onChange={(won) => onChange({ ...draft, won })}
        />
      )}
      {extent === "amount" && linesLeft(payment).length > 0 && <p className="pt-small">{words.withPieces}</p>}
      {extent !== "full" &&
        linesLeft(payment).map((line) => (
          <Pieces
            key={line.line_id}
            line={line}
            alone={false}
            {...{ draft, wrong }}
            onChange={(changed) => onChange({ ...draft, ...changed })}
          />
        ))}
      <Consequence paid={paid} offered={offered} draft={draft} />
    </>
  );
}

/** Whether it can be divided is up to the PG; who may name an amount is up to the role. */
function useExtents({ payment, own, accepted }: OfferedRefund): readonly Extent[] {
  const may = useMay();
  const parts = accepted && needsOf(payment).partial;
  const whole = payment.cancellation_options?.way !== "none";
  const found = [whole && "full", parts && mayChoose(payment) && "pieces", parts && !own && may("cancel_by_amount") && "amount"];
  return found.filter((extent): extent is Extent => extent !== false);
}

/** How much goes back, and whether a second operator has to approve it. */
function Consequence({ paid, offered, draft }: Pick<HowMuchProps, "paid" | "offered" | "draft">) {
  const [words, shared] = [useText(WORDS), useWords()];
  const amount = givenBack(draft, offered.payment);
  const limit = shared.won(paid.left_to_one);
  const second = !offered.own && (offered.accepted || needsOf(offered.payment).account);
  return (
    <div role="status" className="pc-stack">
      {amount === null ? <p className="pt-small">{shared.cancel.moneyLater}</p> : amount > 0 && <p className="pt-worth">{words.gives(shared.won(amount))}</p>}
      {second && amount !== null && amount > paid.left_to_one && <Alert kind="waiting">{words.second(limit)}</Alert>}
      {second && amount === null && paid.amount > paid.left_to_one && <p className="pt-small">{words.maySecond(limit)}</p>}
    </div>
  );
}
