// The payment window as both scripts open it: over the page, in a popup, or instead of the page. This file and the
// script of one generation are served as one, inside one function.

const HOME = new URL(document.currentScript.src).origin;
const MOBILE = /Android|iPhone|iPad|iPod|Mobi/i.test(navigator.userAgent);

let opened = null;

// A frame that was removed by the shop's code counts as closed, like a popup that was closed.
function isOpen() {
  return opened !== null && opened.lives();
}

// The fragment is not sent over the network, so order data is in no log.
function address(generation, params) {
  return `${HOME}/window#${encodeURIComponent(JSON.stringify({ generation, params, shop: location.origin }))}`;
}

function overlay(src, answer) {
  const frame = document.createElement("iframe");
  frame.title = "PortOne 테스트 결제창 (test payment window)";
  // Set one by one through the DOM: a strict policy of the shop forbids style attributes.
  const looks = { position: "fixed", inset: "0", width: "100%", height: "100%", border: "0", zIndex: "2147483647" };
  Object.assign(frame.style, looks);
  frame.addEventListener("load", () => frame.focus());
  frame.src = src;
  const before = document.activeElement;
  const end = () => {
    frame.remove();
    before?.focus();
  };
  listen({ lives: () => frame.isConnected, from: () => frame.contentWindow, end }, answer);
  document.body.append(frame);
}

// False if the browser blocks popups.
function popup(src, answer) {
  const page = window.open(src, "portone-test-window", "popup,width=480,height=720");
  if (page === null) return false;
  listen({ lives: () => !page.closed, from: () => page, end: () => page.close() }, answer);
  return true;
}

function listen(shown, answer) {
  opened?.listening.abort();
  opened = { ...shown, listening: new AbortController() };
  window.addEventListener("message", (event) => hear(event, answer), { signal: opened.listening.signal });
}

// Other scripts may post messages through the frame as well; only the window's result closes it.
function hear(event, answer) {
  if (event.source !== opened.from() || event.origin !== HOME) return;
  if (event.data?.kind !== "portone-test-window-ended") return;
  const { end, listening } = opened;
  opened = null;
  listening.abort();
  end();
  if (event.data.result !== null) answer(event.data.result);
}
