"use client";

import { useWords } from "../i18n/language.js";
import type { Line, SessionLine } from "../types/payment.js";

type Shown = Pick<SessionLine, "item_id" | "item_name" | "unit_price" | "quantity"> & Partial<Pick<Line, "owned" | "fulfilment">>;

interface OrderLinesProps {
  lines: readonly Shown[];
  /** Won; none is shown. */
  shipping?: number;
  /** Won; none is shown. */
  discount?: number;
}

/** Every line of an order with its price; of a payment also what was returned and how far its delivery is. */
export function OrderLines({ lines, shipping = 0, discount = 0 }: OrderLinesProps) {
  const words = useWords();
  return (
    <ul className="pt-lines">
      {lines.map((line) => (
        <li key={line.item_id}>
          <span>
            {line.item_name} <span className="pt-small">× {words.pieces(line.quantity)}</span>
            <Progress line={line} />
          </span>
          <span>{words.won(line.unit_price * line.quantity)}</span>
        </li>
      ))}
      {shipping > 0 && (
        <li>
          <span>{words.result.shipping}</span>
          <span>{words.won(shipping)}</span>
        </li>
      )}
      {discount > 0 && (
        <li>
          <span>{words.result.discount}</span>
          <span>−{words.won(discount)}</span>
        </li>
      )}
    </ul>
  );
}

function Progress({ line }: { line: Shown }) {
  const words = useWords();
  const returned = line.owned === undefined ? 0 : line.quantity - line.owned;
  const known = [
    line.fulfilment !== undefined && line.fulfilment !== "none" && words.fulfilment[line.fulfilment],
    returned > 0 && words.result.returned(returned),
  ].filter((text) => text !== false);
  return known.length > 0 ? <span className="pt-small pt-line-progress">{known.join(" · ")}</span> : null;
}
