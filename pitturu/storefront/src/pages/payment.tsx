import { useCallback, useEffect, useState } from "react";

import { Frame } from "./parts/Frame.js";
import { loginAddress, service } from "./parts/services.js";
import { show } from "./parts/show.js";
import { useBought } from "./parts/useCart.js";
import { useLoaded } from "./parts/useLoaded.js";
import { Alert, ProblemAlert } from "../components/Alert.js";
import { ButtonLink } from "../components/Button.js";
import { type ResultLinks, SessionResult } from "../components/SessionResult.js";
import { type PortOnePayment, usePortOnePayment } from "../hooks/usePortOnePayment.js";
import { useWords } from "../i18n/language.js";
import type { Known } from "../services/paymentService.js";
import type { Phase } from "../services/phase.js";
import type { Session } from "../types/payment.js";

const GIVEN = new URLSearchParams(location.search);

/** Whether PortOne says that nothing was paid: V1 appends `error_code`, V2 `code`. Anybody can write that into a URL. */
const UNPAID = GIVEN.has("error_code") || GIVEN.has("code");

/** The outcome that each path stands for. The server's answer decides, whatever the path is. */
const VIEWS: Record<Phase, "success" | "waiting" | "fail"> = {
  form: "waiting",
  opening: "waiting",
  preparing: "waiting",
  ready: "waiting",
  window: "waiting",
  confirming: "waiting",
  deposit: "waiting",
  paid: "success",
  closed: "fail",
};

const LINKS: ResultLinks = {
  checkout: (session) => `${pageOf(session)}?session=${encodeURIComponent(session.session_id)}`,
  item: pageOf,
  inventory: "/inventory",
  history: "/history",
};

/** Where an order like this one is made. */
function pageOf(session: Session): string {
  return session.line_count > 1 ? "/cart" : `/items/${session.item_id}`;
}

function PaymentPage() {
  const words = useWords();
  const payment = usePortOnePayment({ service, paysHere: false });
  const nameless = useFound(payment);
  const { session, problem } = payment;
  useBought(session);
  useAnotherTry(payment);
  return (
    <Frame page="payment">
      {nameless && <Alert kind="info">{words.result.nothing}</Alert>}
      <ProblemAlert problem={problem} />
      {session === null ? (
        nameless || problem ? (
          <ButtonLink kind="tonal" href="/history">
            {words.actions.toHistory}
          </ButtonLink>
        ) : (
          <div className="pt-card pt-result pt-placeholder" aria-busy="true" />
        )
      ) : (
        <WithPayment payment={payment} session={session} />
      )}
    </Frame>
  );
}

/** A buyer who returns without having paid can pay again at once, on the page of the checkout. */
function useAnotherTry({ session }: PortOnePayment): void {
  const declined = session?.status === "failed" && session.settled && Date.parse(session.expires_at) > Date.now();
  const again = UNPAID && session !== null && (session.checkout?.ready || declined) ? pageOf(session) : null;
  useEffect(() => {
    if (again !== null) location.replace(`${again}?session=${encodeURIComponent(session?.session_id ?? "")}&closed=1`);
  }, [again]);
}

/** The result together with its payment, read again whenever the session changes. */
function WithPayment({ payment, session }: { payment: PortOnePayment; session: Session }) {
  const { payment_id, updated_at } = session;
  const load = useCallback(
    async () => (payment_id === null ? null : service.payment(payment_id)),
    [payment_id, updated_at],
  );
  const { value: details } = useLoaded(load);
  return (
    <SessionResult
      payment={payment}
      session={session}
      details={details}
      onGivenUp={() => location.assign("/")}
      links={LINKS}
    />
  );
}

/** Finds the session in the URL, by our id or by PortOne's; true if there is none. */
function useFound({ resume, comeBack, session, phase, problem }: PortOnePayment): boolean {
  const [known] = useState(() => ({
    session: GIVEN.get("session"),
    order: inAddress({ merchant_uid: "merchant_uid", imp_uid: "imp_uid", payment_id: "paymentId", transaction_id: "txId" }),
  }));
  const nothing = known.session === null && !known.order.merchant_uid && !known.order.payment_id;
  useEffect(() => {
    if (known.session !== null) void resume(known.session);
    else if (!nothing) void comeBack(known.order, UNPAID);
  }, [known, nothing, resume, comeBack]);
  useEffect(() => {
    if (session === null) return;
    history.replaceState(null, "", `/payment/${VIEWS[phase]}?session=${encodeURIComponent(session.session_id)}`);
  }, [session?.session_id, phase]);
  useEffect(() => {
    if (problem?.code === "signed_out") location.replace(loginAddress());
  }, [problem]);
  return nothing;
}

/** The parameters that PortOne appended to the URL, of V1 or of V2, under our names. */
function inAddress(names: Record<keyof Known, string>): Known {
  const found = Object.entries(names).map(([ours, theirs]) => [ours, GIVEN.get(theirs)]);
  return Object.fromEntries(found.filter(([, value]) => value !== null)) as Known;
}

show(<PaymentPage />);
