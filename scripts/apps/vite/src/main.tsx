import "@pitturu/storefront/styles.css";
import {
  createPaymentService,
  LanguageProvider,
  PaymentModal,
  SessionResult,
  TokenStore,
  usePortOnePayment,
} from "@pitturu/storefront";
import { createRoot } from "react-dom/client";

const service = createPaymentService({ auth: new TokenStore() });
const item = { id: "00000000-0000-4000-8000-000000000000", price: 24900, stock: 3, returnable: true };

function Shop() {
  const payment = usePortOnePayment({ service });
  const { session, phase } = payment;
  if (session !== null && phase === "paid") {
    const links = { history: "/orders", item: () => "/" };
    return <SessionResult payment={payment} session={session} details={null} onGivenUp={payment.reset} links={links} />;
  }
  return <PaymentModal item={item} payment={payment} open onClose={payment.reset} />;
}

const place = document.getElementById("app");
if (place !== null) createRoot(place).render(<LanguageProvider><Shop /></LanguageProvider>);
