"use strict";

// What a shop's page loads in place of PortOne's script: `IMP.init` and `IMP.request_pay`, as V1 has them. On a computer
// the window lies over the page and answers the callback; a phone leaves for the window and comes back to m_redirect_url.

(() => {
  const HOME = new URL(document.currentScript.src).origin;
  const MOBILE = /Android|iPhone|iPad|iPod|Mobi/i.test(navigator.userAgent);
  const USER_CODE = /^imp\d{8}$/;

  let userCode = null;
  let opened = null;

  function init(code) {
    if (typeof code !== "string" || !USER_CODE.test(code)) {
      throw new Error("IMP.init: 가맹점 식별코드는 imp와 숫자 8자리예요. Give the merchant code: imp and eight digits.");
    }
    userCode = code;
  }

  function request_pay(params, callback) {
    if (userCode === null) {
      throw new Error("IMP.request_pay: IMP.init을 먼저 불러 주세요. Call IMP.init with the merchant code first.");
    }
    if (params === null || typeof params !== "object") {
      throw new Error("IMP.request_pay: 결제 정보가 없어요. Give the parameters of the payment.");
    }
    // Never from within request_pay: a shop's code goes on before it hears how the payment went.
    const answer = (result) => setTimeout(() => typeof callback === "function" && callback(result), 0);
    const refuse = (error_msg) =>
      answer({ imp_uid: null, merchant_uid: params.merchant_uid, error_code: "F0400", error_msg });
    // A frame that the shop's own code took away is no window any more.
    if (opened?.frame.isConnected) {
      refuse("결제창이 이미 열려 있어요. 열린 창에서 결제해 주세요. A payment window is open already; pay in that one.");
    } else if (!MOBILE) {
      overlay(params, answer);
    } else if (!params.m_redirect_url) {
      refuse("모바일 결제에는 m_redirect_url이 필요해요. Phones come back to m_redirect_url; give one.");
    } else {
      location.assign(address({ ...params, channel: "mobile" }));
    }
  }

  // The fragment never travels over the network, so no log gets to see who buys what.
  function address(params) {
    return `${HOME}/window#${encodeURIComponent(JSON.stringify({ params, shop: location.origin }))}`;
  }

  function overlay(params, answer) {
    const src = address({ ...params, channel: "pc" });
    opened?.listening.abort();
    const frame = document.createElement("iframe");
    frame.title = "PortOne 테스트 결제창 (test payment window)";
    // One by one, through the object model: a strict policy of the shop forbids style attributes.
    const looks = { position: "fixed", inset: "0", width: "100%", height: "100%", border: "0", zIndex: "2147483647" };
    Object.assign(frame.style, looks);
    frame.addEventListener("load", () => frame.focus());
    frame.src = src;
    opened = { frame, listening: new AbortController(), before: document.activeElement };
    const { signal } = opened.listening;
    window.addEventListener("message", (event) => hear(event, answer), { signal });
    document.body.append(frame);
  }

  // Other scripts may talk through the frame as well; only the window's own last word ends it.
  function hear(event, answer) {
    if (event.source !== opened.frame.contentWindow || event.origin !== HOME) return;
    if (event.data?.kind !== "portone-test-window-ended") return;
    const { frame, listening, before } = opened;
    opened = null;
    listening.abort();
    frame.remove();
    before?.focus();
    if (event.data.result !== null) answer(event.data.result);
  }

  window.IMP = { init, request_pay };
})();
