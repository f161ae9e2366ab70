"use strict";

// The payment window. Its content comes from the URL fragment, which is untrusted: it is bounded here, validated by the
// simulator, and shown as text.

const METHODS = {
  card: "신용카드 Card",
  naverpay: "네이버페이 Naver Pay",
  kakaopay: "카카오페이 KakaoPay",
  tosspay: "토스페이 Toss Pay",
  samsungpay: "삼성페이 Samsung Pay",
  samsung: "삼성페이 Samsung Pay",
  payco: "페이코 PAYCO",
  trans: "실시간 계좌이체 Bank transfer",
  vbank: "가상계좌 Virtual account",
  phone: "휴대폰 결제 Mobile phone bill",
};
// PortOne ignores unknown parameters; the control API refuses them.
const KNOWN = [
  ...["merchant_uid", "amount", "pay_method", "name", "currency", "pg", "channelKey", "channel", "escrow", "custom_data"],
  ...["buyer_name", "buyer_email", "buyer_tel", "buyer_addr", "buyer_postcode", "notice_url", "confirm_url"],
  ...["m_redirect_url", "vbank_due", "customer_uid", "tax_free", "vat_amount", "products", "naverProducts", "display"],
];
const MOST_CHARACTERS = 100_000;
// Milliseconds; longer than the simulator waits for a shop to confirm and for its webhook.
const PATIENCE = 120_000;
const LEFT = "[결제포기] 사용자가 결제를 취소하셨습니다";

// Inside the page that opened the window, or beside it: either way it receives the result.
const shopPage = parent !== window ? parent : opener;
const part = (id) => document.getElementById(id);
const order = read();
let payment = null;
let busy = false;
let retry = begin;

function read() {
  if (location.hash.length > MOST_CHARACTERS) return null;
  try {
    const { generation, params, shop } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
    if (new URL(shop).origin !== shop) return null;
    return { shop, ...(generation === "v2" ? v2Order(params) : v1Order(params)) };
  } catch {
    return null;
  }
}

function v1Order(params) {
  const known = KNOWN.filter((name) => params[name] !== undefined && params[name] !== null);
  const asked = Object.fromEntries(known.map((name) => [name, params[name]]));
  const { merchant_uid, m_redirect_url } = asked;
  return {
    path: "/_sim/payments",
    asked: { ...asked, user_agent: navigator.userAgent.slice(0, 300) },
    back: m_redirect_url,
    unpaid: (error_msg, left) => {
      const error_code = left ? "F0499" : "F0400";
      return { imp_uid: payment?.imp_uid ?? null, merchant_uid, error_code, error_msg };
    },
  };
}

function v2Order(params) {
  const { paymentId, redirectUrl } = params;
  return {
    path: "/_sim/v2/payments",
    asked: { ...params, userAgent: navigator.userAgent.slice(0, 300) },
    back: redirectUrl,
    unpaid: (message, left) => ({
      transactionType: "PAYMENT",
      ...(payment ? { txId: payment.imp_uid } : {}),
      paymentId,
      code: left ? "PGProviderError" : "BadRequest",
      message,
      ...(left ? { pgCode: "PAY_PROCESS_CANCELED", pgMessage: message } : {}),
    }),
  };
}

async function call(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(path, { method, headers, signal, body: body && JSON.stringify(body) });
  return { ok: answer.ok, status: answer.status, told: await answer.json() };
}

async function begin() {
  if (order === null) {
    say(
      "어떤 주문인지 알 수 없어요. 쇼핑몰로 돌아가 결제 버튼을 눌러 주세요.",
      "This window does not know any order. Go back to the shop and press its pay button.",
    );
    return;
  }
  const { ok, status, told } = await call("POST", order.path, order.asked);
  if (ok) show(told);
  else if (status === 409) end(told);
  else end(order.unpaid(complaint(told), false));
}

function complaint({ error, fields }) {
  const wrong = Object.entries(fields ?? {}).map(([name, words]) => `${name}: ${[words].flat().join(" ")}`);
  return wrong.join("; ") || error;
}

function show(opened) {
  payment = opened;
  part("name").textContent = payment.name || payment.merchant_uid;
  part("amount").textContent = money(payment.amount, payment.currency);
  part("method").textContent = METHODS[payment.pay_method] ?? payment.pay_method;
  part("merchant_uid").textContent = payment.merchant_uid;
  offerMonths();
  part("order").hidden = false;
  choose();
}

// A card can be paid in instalments from 50,000 won on, in the months that the shop offers.
function offerMonths() {
  const months = payment.behind?.installments ?? [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  if (payment.pay_method !== "card" || payment.amount < 50_000 || months.length === 0) return;
  for (const month of months) part("months").append(new Option(`${month}개월 ${month} months`, String(month)));
  part("installments").hidden = false;
}

function money(amount, currency) {
  if (!/^[A-Z]{3}$/.test(currency)) return `${amount.toLocaleString("ko-KR")} ${currency}`;
  return amount.toLocaleString("ko-KR", { style: "currency", currency, maximumFractionDigits: 0 });
}

function yes() {
  return part(payment.pay_method === "vbank" ? "issue" : "approve");
}

function choose() {
  const other = part(yes().id === "issue" ? "approve" : "issue");
  for (const button of document.querySelectorAll(".choice, #close")) button.hidden = button === other;
  yes().focus();
}

async function act(action, silent) {
  const path = `/_sim/payments/${encodeURIComponent(payment.imp_uid)}`;
  const months = action === "approve" ? Number(part("months").value) : 0;
  let answer = await call("POST", `${path}/${action}`, months ? { months } : {});
  // The payment has changed already: in the console, or by a click whose response was lost. Its present state counts.
  if (answer.status === 409) answer = await call("GET", `${path}/callback`);
  if (!answer.ok) {
    say(
      "시뮬레이터가 이 결제를 더 이상 몰라요. 창을 닫고 다시 결제해 주세요.",
      "The simulator does not know this payment any more. Close the window and pay again.",
    );
    part("close").hidden = false;
  } else if (silent) {
    vanish();
  } else {
    end(answer.told);
  }
}

// To the callback of the page around us or, if the window is the page, to the URL of the shop.
function end(result) {
  const { redirect_url, status, ...callback } = result;
  // Only older modules of PortOne tell the page a status; they tell `success` as well.
  if ("success" in callback && status) callback.status = status;
  const back = redirect_url ?? redirect(callback);
  if (shopPage) tell(callback);
  else if (back !== null) location.replace(back);
  else say("이 창을 닫고 쇼핑몰로 돌아가 주세요.", "You may close this window and go back to the shop.");
}

// If the simulator cannot be reached, or refuses the order, the URL is built here.
function redirect(result) {
  if (!URL.canParse(order.back)) return null;
  const address = new URL(order.back);
  if (!/^https?:$/.test(address.protocol)) return null;
  for (const [name, value] of Object.entries(result)) {
    if (value) address.searchParams.append(name, value);
  }
  return address.href;
}

// The payment succeeds and the browser is not notified, as when a tab is closed too early.
function vanish() {
  if (shopPage) tell(null);
  else {
    say(
      "처리했지만 쇼핑몰의 이 브라우저에는 알리지 않았어요. 이 창을 닫아도 돼요.",
      "Done, and the shop's page was not told. You may close this tab.",
    );
  }
}

function tell(result) {
  shopPage.postMessage({ kind: "portone-test-window-ended", result }, order.shop);
}

function say(korean, english) {
  for (const button of document.querySelectorAll("button")) button.hidden = true;
  const [first, second] = [document.createElement("p"), document.createElement("p")];
  first.textContent = korean;
  second.textContent = english;
  second.lang = "en";
  part("notice").replaceChildren(first, second);
}

async function trying(work) {
  if (busy) return;
  setBusy(true);
  retry = work;
  part("notice").replaceChildren();
  part("again").hidden = true;
  let reached = true;
  try {
    await work();
  } catch {
    reached = false;
  }
  setBusy(false);
  if (!reached) trouble();
  else if (payment !== null && !yes().hidden) yes().focus();
}

function setBusy(now) {
  busy = now;
  for (const button of document.querySelectorAll("button")) button.disabled = now;
}

function trouble() {
  say(
    "시뮬레이터와 연결되지 않았어요. 켜져 있는지 확인하고 다시 시도해 주세요.",
    "The simulator could not be reached. See that it runs, then try again.",
  );
  for (const id of ["again", "close"]) part(id).hidden = false;
  part("again").focus();
}

// Without choices no dialog is possible, and the buyer must be able to leave.
function leave() {
  if (payment !== null && !yes().hidden) trying(() => act("abandon", false));
  else end(order.unpaid(LEFT, true));
}

// Inside a page, Tab stays in the window: the page behind it is not visible.
function cycle(event) {
  const fields = [...document.querySelectorAll("select, button")];
  const buttons = fields.filter((field) => field.offsetParent !== null && !field.disabled);
  const [from, to] = event.shiftKey ? [buttons[0], buttons.at(-1)] : [buttons.at(-1), buttons[0]];
  if (!buttons.includes(document.activeElement) || document.activeElement === from) {
    event.preventDefault();
    to?.focus();
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button === null || busy) return;
  if (button.id === "again") trying(retry);
  else if (button.id === "close") leave();
  else if (button.id === "silent") trying(() => act(yes().dataset.action, true));
  else trying(() => act(button.dataset.action, false));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !busy && !part("close").hidden) leave();
  if (event.key === "Tab" && shopPage) cycle(event);
});

trying(begin);
