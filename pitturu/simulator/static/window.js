"use strict";

// The payment window itself. What it is to show stands behind the # of its address; anybody can write anything there, so
// everything is checked by the simulator and shown as text.

const METHODS = {
  card: "신용카드 Card",
  kakaopay: "카카오페이 KakaoPay",
  trans: "실시간 계좌이체 Bank transfer",
  vbank: "가상계좌 Virtual account",
  phone: "휴대폰 결제 Mobile phone bill",
};
const KNOWN = [
  ...["merchant_uid", "amount", "pay_method", "name", "currency", "pg", "channelKey", "channel", "escrow", "custom_data"],
  ...["buyer_name", "buyer_email", "buyer_tel", "buyer_addr", "buyer_postcode", "notice_url", "confirm_url"],
  ...["m_redirect_url", "vbank_due", "customer_uid"],
];

const part = (id) => document.getElementById(id);
const order = read();
let payment = null;
let failed = open;

function read() {
  try {
    const { params, shop, user_agent } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
    const known = KNOWN.filter((name) => params[name] !== undefined && params[name] !== null);
    return { shop: String(shop), asked: { ...Object.fromEntries(known.map((name) => [name, params[name]])), user_agent } };
  } catch {
    return null;
  }
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return { ok: answer.ok, status: answer.status, told: await answer.json() };
}

async function open() {
  if (order === null) return say("이 창은 쇼핑몰의 결제 버튼으로만 열 수 있어요. Open this window with a shop's pay button.");
  const { ok, status, told } = await post("/_sim/payments", order.asked);
  if (ok) return show(told);
  if (status === 409) return end(told);
  const wrong = Object.entries(told.fields ?? {}).map(([name, words]) => `${name}: ${[].concat(words).join(" ")}`);
  const words = wrong.join("; ") || told.error;
  end({ imp_uid: null, merchant_uid: order.asked.merchant_uid, error_code: "F0400", error_msg: words });
}

function show(opened) {
  payment = opened;
  const vbank = payment.pay_method === "vbank";
  part("name").textContent = payment.name || payment.merchant_uid;
  part("amount").textContent = `${payment.amount.toLocaleString("ko-KR")}${payment.currency === "KRW" ? "원" : ` ${payment.currency}`}`;
  part("method").textContent = METHODS[payment.pay_method] ?? payment.pay_method;
  part("order").textContent = payment.merchant_uid;
  part("yes").textContent = vbank ? "계좌 발급 Issue account" : "승인 Approve";
  part("yes").dataset.action = vbank ? "issue" : "approve";
  part("silent").dataset.action = part("yes").dataset.action;
  part("choices").hidden = false;
  part("yes").focus();
}

async function act(action, silent) {
  for (const button of part("choices").querySelectorAll("button")) button.disabled = true;
  const { ok, told } = await post(`/_sim/payments/${encodeURIComponent(payment.imp_uid)}/${action}`, {});
  if (!ok) return say(`${told.error} 창을 닫고 다시 시도해 주세요. Close the window and try again.`);
  if (silent) return vanish();
  end(told);
}

// To the callback of the page around us, or, where we are the page, to the address that the shop gave.
function end(result) {
  if (parent !== window) {
    const { redirect_url, status, ...callback } = result;
    parent.postMessage({ result: callback }, order.shop);
    return;
  }
  const back = result.redirect_url ?? redirect(result);
  if (back) location.replace(back);
  else say("이 창을 닫고 쇼핑몰로 돌아가세요. You may close this window and go back to the shop.");
}

function redirect({ imp_uid, merchant_uid, error_code, error_msg }) {
  if (!URL.canParse(order.asked.m_redirect_url)) return null;
  const address = new URL(order.asked.m_redirect_url);
  if (!/^https?:$/.test(address.protocol)) return null;
  for (const [name, value] of Object.entries({ imp_uid, merchant_uid, error_code, error_msg })) {
    if (value) address.searchParams.append(name, value);
  }
  return address.href;
}

// The payment went through and the browser never hears of it, as when a tab is closed too early.
function vanish() {
  if (parent !== window) parent.postMessage({ result: null }, order.shop);
  else say("처리했지만 쇼핑몰에는 알리지 않았어요. 이 창을 닫아도 돼요. Done, and the shop was not told. You may close this window.");
}

function say(words) {
  part("choices").hidden = true;
  part("notice").textContent = words;
  part("notice").hidden = false;
}

async function trying(work) {
  failed = work;
  part("again").hidden = true;
  try {
    await work();
  } catch {
    say("시뮬레이터에 연결하지 못했어요. 켜져 있는지 확인하고 다시 시도해 주세요. The simulator cannot be reached; see that it runs, then try again.");
    part("again").hidden = false;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || button.disabled) return;
  if (button.id === "again") trying(failed);
  else trying(() => act(button.dataset.action, button.id === "silent"));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && payment !== null && !part("choices").hidden) trying(() => act("abandon", false));
});

trying(open);
