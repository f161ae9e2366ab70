import { useLanguage } from "../i18n/language.js";

/** Ways to pay, as PortOne names them. */
const NAMES: Record<string, readonly [ko: string, en: string]> = {
  card: ["카드", "Card"],
  kakaopay: ["카카오페이", "KakaoPay"],
  trans: ["계좌이체", "Bank transfer"],
  vbank: ["가상계좌", "Virtual account"],
  phone: ["휴대폰", "Phone"],
  naverpay: ["네이버페이", "Naver Pay"],
  tosspay: ["토스페이", "Toss Pay"],
  payco: ["페이코", "PAYCO"],
  samsungpay: ["삼성페이", "Samsung Pay"],
  samsung: ["삼성페이", "Samsung Pay"],
  applepay: ["애플페이", "Apple Pay"],
  lpay: ["엘페이", "L.PAY"],
  ssgpay: ["쓱페이", "SSG Pay"],
  paypal: ["페이팔", "PayPal"],
  easy_pay: ["간편결제", "Easy pay"],
  point: ["포인트", "Points"],
  gift_certificate: ["상품권", "Gift certificate"],
  cultureland: ["컬쳐랜드 상품권", "Cultureland voucher"],
  convenience_store: ["편의점 결제", "Convenience store"],
};

/** Those that a list can be filtered by. */
export const METHODS = ["card", "kakaopay", "trans", "vbank", "phone", "naverpay", "tosspay", "payco", "samsungpay", "applepay"] as const;

/** The name of a way to pay; PortOne's word where we have none. */
export function useMethodName(): (method: string) => string {
  const { language } = useLanguage();
  return (method) => NAMES[method]?.[language === "ko" ? 0 : 1] ?? method;
}
