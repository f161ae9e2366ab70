import { Method } from "./Attempts.js";
import { WORDS } from "./words.js";
import { Alert } from "../../components/Alert.js";
import { Facts } from "../../components/Facts.js";
import { StatusChip } from "../../components/StatusChip.js";
import { useLanguage, useWords } from "../../i18n/language.js";
import type { Schemas } from "../api.js";
import { Figure, Figures } from "../components/Figure.js";
import { Section } from "../components/Page.js";
import { Id, Time, Won } from "../components/Value.js";
import { KOREA } from "../days.js";
import { useText } from "../words.js";

type Order = Schemas["Order"];
type Session = Schemas["OrderSession"];
type Payment = Schemas["OrderPayment"];

/** Status, amount and method, the buyer and the order. */
export function Summary({ order, payment }: { order: Order; payment: Payment | undefined }) {
  const words = useText(WORDS);
  const { session } = order;
  const { language } = useLanguage();
  const status = session?.status ?? payment?.status;
  const provider = payment?.provider_status ?? session?.provider_status;
  const failed = payment?.fail_reason ?? session?.fail_reason;
  return (
    <>
      {session === null && <Alert kind="info">{words.unknownOrder}</Alert>}
      <Figures>
        <Figure
          label={words.status}
          value={status && <StatusChip status={status} />}
          note={session && words.toBuyer(session.message[language])}
        />
        <Figure
          label={words.amount}
          value={<Won amount={session?.amount ?? payment?.amount} />}
          note={payment && payment.cancelled_amount > 0 && <Left payment={payment} />}
        />
        <Figure label={words.method} value={payment ? <Method payment={payment} /> : (session?.pay_method ?? "–")} />
        <Figure label={words.provider} value={provider ? <code>{provider}</code> : "–"} note={failed} />
      </Figures>
      {session && (
        <div className="pc-columns">
          <Section heading={words.buyer}>
            <Buyer session={session} />
          </Section>
          <Section heading={words.order}>
            <OrderFacts session={session} payment={payment} />
          </Section>
        </div>
      )}
    </>
  );
}

function Left({ payment }: { payment: Payment }) {
  const words = useText(WORDS);
  return (
    <>
      {words.refunded} <Won amount={payment.cancelled_amount} /> · {words.remaining} <Won amount={payment.remaining} />
    </>
  );
}

function Buyer({ session }: { session: Session }) {
  const [words, shared] = [useText(WORDS), useWords()];
  if (session.buyer_erased_at !== null) return <p>{words.erased(shared.moment(new Date(session.buyer_erased_at), KOREA))}</p>;
  return (
    <Facts
      rows={[
        [words.name, session.buyer_name || "–"],
        [words.user, session.is_guest ? words.guest : <Id value={session.user} what={words.user} />],
        session.user_id !== null && [words.shopUser, <Id value={session.user_id} what={words.shopUser} />],
        [words.email, session.buyer_email ? <a href={mailTo(session.buyer_email)}>{session.buyer_email}</a> : "–"],
        [words.tel, session.buyer_tel ? <a href={`tel:${session.buyer_tel}`}>{session.buyer_tel}</a> : "–"],
        Boolean(session.buyer_addr) && [words.address, `${session.buyer_postcode ?? ""} ${session.buyer_addr ?? ""}`.trim()],
        [words.language, session.language],
        session.consents !== null && session.consents.length > 0 && [words.consents, <Consents agreed={session.consents} />],
      ]}
    />
  );
}

/** The words that the buyer saw, with the time; the hash of the whole is the title. */
function Consents({ agreed }: { agreed: NonNullable<Session["consents"]> }) {
  return (
    <ul className="pt-lines">
      {agreed.map(({ id, version, text, agreed_at }) => (
        <li key={id} title={`${id} ${version}`}>
          <span>{text}</span>
          <Time at={agreed_at} />
        </li>
      ))}
    </ul>
  );
}

function OrderFacts({ session, payment }: { session: Session; payment: Payment | undefined }) {
  const [words, shared] = [useText(WORDS), useWords()];
  const { virtual_account: account } = session;
  const due = account?.due_at ? words.accountDue(shared.moment(new Date(account.due_at), KOREA)) : "";
  return (
    <Facts
      rows={[
        [words.item, shared.orderName(session.item_name, session.line_count)],
        (session.shipping > 0 || session.discount > 0) && [words.itemsTotal, <Won amount={session.items_total} />],
        session.shipping > 0 && [words.shipping, <Won amount={session.shipping} />],
        session.discount > 0 && [words.discount, <Won amount={-session.discount} />],
        session.tax_free_amount > 0 && [words.taxFree, <Won amount={session.tax_free_amount} />],
        session.reference !== null && [words.reference, <Id value={session.reference} what={words.reference} />],
        [words.created, <Time at={session.created_at} />],
        payment?.paid_at ? [words.paidAt, <Time at={payment.paid_at} />] : [words.payUntil, <Time at={session.expires_at} />],
        account !== null && [words.account, `${account.bank_name} ${account.number} ${account.holder} ${due}`],
        !session.settled && session.stock_held > 0 && [words.stockHeld, shared.pieces(session.stock_held)],
      ]}
    />
  );
}

/** The address of a letter to nobody else: what buyers may write before the @ could name more receivers, and a text. */
function mailTo(email: string): string {
  return `mailto:${encodeURIComponent(email).replace("%40", "@")}`;
}
