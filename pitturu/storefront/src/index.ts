// What other shops' React frontends import. Each module is a file of its own, so `"use client"` reaches Next.js.

export { Checkout, type CheckoutOptions } from "./services/checkout.js";
export { CookieLogin } from "./services/cookieLogin.js";
export { type Auth } from "./services/http.js";
export { createPaymentService, type LoginOptions, type PaymentService, type ServiceOptions } from "./services/paymentService.js";
export { type CheckoutState, type Notice, type Phase } from "./services/phase.js";
export { Problem } from "./services/problem.js";
export { TokenStore, type Tokens } from "./services/tokens.js";
export { usePortOnePayment, type PaymentOptions, type PortOnePayment } from "./hooks/usePortOnePayment.js";
export { CancelDialog } from "./components/CancelDialog.js";
export { PaymentDetails } from "./components/PaymentDetails.js";
export { PaymentModal, type PaymentModalProps } from "./components/PaymentModal.js";
export { SessionResult, type ResultLinks, type SessionResultProps } from "./components/SessionResult.js";
export { StatusChip } from "./components/StatusChip.js";
export { VirtualAccount } from "./components/VirtualAccount.js";
export {
  type Language,
  LanguageProvider,
  preferredLanguage,
  problemText,
  useLanguage,
  useWords,
  type Words,
} from "./i18n/language.js";
export * from "./types/payment.js";
