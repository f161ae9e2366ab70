import { useCallback, useEffect, useState } from "react";

import { Empty } from "./parts/Empty.js";
import { Filters, filterOf, type Wanted } from "./parts/Filters.js";
import { Frame } from "./parts/Frame.js";
import { Bones } from "./parts/Loading.js";
import { useOwnWords } from "./parts/ownWords.js";
import { Purchase } from "./parts/Purchase.js";
import { service } from "./parts/services.js";
import { show } from "./parts/show.js";
import { useLoaded } from "./parts/useLoaded.js";
import { ProblemAlert } from "../components/Alert.js";
import { Button } from "../components/Button.js";
import type { HistoryPage as Page } from "../types/payment.js";

const ON_A_PAGE = 10;

function HistoryPage() {
  const own = useOwnWords();
  const [wanted, setWanted] = useState<Wanted>(inAddress);
  // The cursors of all pages up to this one: the API only goes forward, so going back uses a stored cursor.
  const [way, setWay] = useState<readonly string[]>([]);
  const cursor = way.at(-1);
  const { value: page, problem, reload } = useLoaded(
    useCallback(
      () => service.history({ ...filterOf(wanted), limit: ON_A_PAGE, ...(cursor === undefined ? {} : { cursor }) }),
      [wanted, cursor],
    ),
  );
  useEffect(() => keepInAddress(wanted), [wanted]);
  const filter = (next: Wanted) => {
    setWay([]);
    setWanted(next);
  };
  return (
    <Frame page="history">
      <div className="pt-heading">
        <h1>{own.history.heading}</h1>
      </div>
      <Filters wanted={wanted} onChange={filter} />
      <ProblemAlert problem={problem} />
      {page === null ? (
        problem === null && (
          <ul className="pt-purchases" aria-busy="true">
            {[1, 2, 3].map((line) => (
              <li key={line} className="pt-card">
                <Bones />
              </li>
            ))}
          </ul>
        )
      ) : (
        <>
          <Purchases page={page} filtered={Object.values(wanted).some(Boolean)} onChanged={reload} />
          <Pager
            number={way.length + 1}
            older={page.next === null ? null : () => setWay([...way, page.next as string])}
            newer={way.length === 0 ? null : () => setWay(way.slice(0, -1))}
          />
        </>
      )}
    </Frame>
  );
}

function Purchases({ page, filtered, onChanged }: { page: Page; filtered: boolean; onChanged: () => void }) {
  const own = useOwnWords();
  if (page.items.length === 0) {
    return (
      <Empty icon="history">
        <p role="status">{filtered ? own.history.empty : own.history.emptyAll}</p>
      </Empty>
    );
  }
  return (
    <ul className="pt-purchases">
      {page.items.map((payment) => (
        <Purchase key={payment.payment_id} payment={payment} onChanged={onChanged} />
      ))}
    </ul>
  );
}

interface PagerProps {
  number: number;
  older: (() => void) | null;
  newer: (() => void) | null;
}

function Pager({ number, older, newer }: PagerProps) {
  const own = useOwnWords();
  if (older === null && newer === null) return null;
  return (
    <nav className="pt-row pt-pager" aria-label={own.history.page(number)}>
      <Button kind="text" disabled={newer === null} {...(newer ? { onClick: newer } : {})}>
        {own.history.newer}
      </Button>
      <span role="status">{own.history.page(number)}</span>
      <Button kind="text" disabled={older === null} {...(older ? { onClick: older } : {})}>
        {own.history.older}
      </Button>
    </nav>
  );
}

function inAddress(): Wanted {
  const given = new URLSearchParams(location.search);
  return { status: (given.get("status") ?? "") as Wanted["status"], from: given.get("from") ?? "", to: given.get("to") ?? "" };
}

function keepInAddress(wanted: Wanted): void {
  const given = Object.entries(wanted).filter(([, value]) => value !== "");
  const query = new URLSearchParams(given as [string, string][]).toString();
  history.replaceState(null, "", location.pathname + (query ? `?${query}` : ""));
}

show(<HistoryPage />);
