"use client";

import { useEffect, useState } from "react";

import { Alert } from "./Alert.js";
import { Button } from "./Button.js";
import { Facts } from "./Facts.js";
import { useWords } from "../i18n/language.js";
import type { VirtualAccount as Account } from "../types/payment.js";

/** The account for the transfer, its deadline, and the time left. */
export function VirtualAccount({ account, amount }: { account: Account; amount: number }) {
  const words = useWords();
  const left = useTimeLeft(account.due_at);
  return (
    <section className="pt-card pt-account" aria-labelledby="account">
      <h2 id="account">{words.account.heading}</h2>
      <Facts
        rows={[
          [words.account.bank, account.bank_name],
          [words.account.number, <CopyableNumber number={account.number} />],
          [words.account.holder, account.holder],
          [words.account.amount, words.won(amount)],
          account.due_at !== null && [words.account.due, words.moment(new Date(account.due_at))],
        ]}
      />
      {left !== null && (
        <p className="pt-countdown" role="timer">
          {left > 0 ? words.account.left(Math.floor(left / 86_400_000), clock(left)) : words.account.over}
        </p>
      )}
      <Alert kind="info">{words.account.exact}</Alert>
    </section>
  );
}

function CopyableNumber({ number }: { number: string }) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(number.replaceAll("-", "")).then(() => setCopied(true));
  };
  return (
    <span className="pt-copyable">
      <strong>{number}</strong>
      <Button kind="tonal" icon={copied ? "check" : "copy"} onClick={copy}>
        {copied ? words.actions.copied : words.actions.copy}
      </Button>
      <span className="pt-unseen" role="status">
        {copied ? words.actions.copied : ""}
      </span>
    </span>
  );
}

/** Milliseconds until then by this device's clock, updated every second; null without a deadline. */
function useTimeLeft(due: string | null): number | null {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return due === null ? null : Date.parse(due) - now;
}

function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000) % 86_400;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
