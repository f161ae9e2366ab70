// Banks to which a deposit can be refunded, by their three-digit KFTC code. The server's list is authoritative.

import type { RefundAccount } from "../types/payment.js";

export const BANKS: readonly (readonly [code: RefundAccount["bank"], ko: string, en: string])[] = [
  ["004", "국민은행", "KB Kookmin Bank"],
  ["088", "신한은행", "Shinhan Bank"],
  ["020", "우리은행", "Woori Bank"],
  ["081", "하나은행", "Hana Bank"],
  ["011", "농협은행", "NH NongHyup Bank"],
  ["003", "기업은행", "IBK"],
  ["090", "카카오뱅크", "KakaoBank"],
  ["092", "토스뱅크", "Toss Bank"],
  ["089", "케이뱅크", "K bank"],
  ["045", "새마을금고", "MG Community Credit"],
  ["048", "신협", "Shinhyup"],
  ["071", "우체국", "Korea Post"],
  ["012", "지역농축협", "Local NongHyup"],
  ["023", "SC제일은행", "SC First Bank"],
  ["027", "씨티은행", "Citibank Korea"],
  ["002", "산업은행", "KDB"],
  ["007", "수협은행", "Suhyup Bank"],
  ["031", "iM뱅크(대구)", "iM Bank (Daegu)"],
  ["032", "부산은행", "Busan Bank"],
  ["034", "광주은행", "Gwangju Bank"],
  ["035", "제주은행", "Jeju Bank"],
  ["037", "전북은행", "Jeonbuk Bank"],
  ["039", "경남은행", "Kyongnam Bank"],
];
