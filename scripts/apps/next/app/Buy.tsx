"use client";

import {
  type CheckoutItem,
  createPaymentService,
  LanguageProvider,
  PaymentModal,
  type Session,
  TokenStore,
  usePortOnePayment,
} from "@pitturu/storefront";
import { useState } from "react";

const apiUrl = process.env.NEXT_PUBLIC_API_URL ?? "";
const success = process.env.NEXT_PUBLIC_PAYMENT_SUCCESS_URL ?? "/payment/success";
const fail = process.env.NEXT_PUBLIC_PAYMENT_FAIL_URL ?? "/payment/fail";
const service = createPaymentService({ apiUrl, auth: new TokenStore(apiUrl) });

function leave(session: Session) {
  location.assign(`${session.status === "paid" ? success : fail}?session=${session.session_id}`);
}

export function Buy({ item }: { item: CheckoutItem }) {
  const [open, setOpen] = useState(false);
  const payment = usePortOnePayment({ service, redirectUrl: success, onSettled: leave });
  return (
    <LanguageProvider>
      <button onClick={() => setOpen(true)}>Buy</button>
      <PaymentModal item={item} payment={payment} open={open} onClose={() => setOpen(false)} />
    </LanguageProvider>
  );
}
