// The texts of the page of one order, of all its parts.

import { DELIVERY } from "./deliveryWords.js";
import { MONEY } from "./moneyWords.js";
import { RECORD } from "./recordWords.js";
import { SUMMARY } from "./summaryWords.js";

export const WORDS = {
  ko: { ...SUMMARY.ko, ...DELIVERY.ko, ...MONEY.ko, ...RECORD.ko },
  en: { ...SUMMARY.en, ...DELIVERY.en, ...MONEY.en, ...RECORD.en },
};
