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
    if (!USER_CODE.test(code)) throw new Error("IMP.init: 가맹점 식별코드는 imp와 숫자 8자리여야 합니다.");
    userCode = code;
  }

  function request_pay(params, callback) {
    if (userCode === null) throw new Error("IMP.request_pay: 먼저 IMP.init으로 가맹점 식별코드를 알려 주세요.");
    if (params === null || typeof params !== "object") throw new Error("IMP.request_pay: 결제 정보가 없습니다.");
    const answer = (result) => setTimeout(() => typeof callback === "function" && callback(result), 0);
    const refuse = (error_msg) =>
      answer({ imp_uid: null, merchant_uid: params.merchant_uid, error_code: "F0400", error_msg });
    if (opened !== null) return refuse("이미 결제창이 열려 있습니다.");
    if (!MOBILE) return overlay(params, answer);
    if (!params.m_redirect_url) return refuse("모바일 결제에는 m_redirect_url이 필요합니다.");
    location.assign(address({ ...params, channel: "mobile" }));
  }

  // The fragment never travels over the network, so no log gets to see who buys what.
  function address(params) {
    const order = { params, shop: location.origin, user_agent: navigator.userAgent.slice(0, 300) };
    return `${HOME}/window#${encodeURIComponent(JSON.stringify(order))}`;
  }

  function overlay(params, answer) {
    const frame = document.createElement("iframe");
    frame.title = "PortOne 테스트 결제창 (test payment window)";
    frame.allow = "payment";
    // One by one, through the object model: a strict policy of the shop forbids style attributes.
    const looks = { position: "fixed", inset: "0", width: "100%", height: "100%", border: "0", zIndex: "2147483647" };
    Object.assign(frame.style, looks);
    frame.addEventListener("load", () => frame.focus());
    const listen = (event) => {
      if (event.source !== frame.contentWindow || event.origin !== HOME) return;
      window.removeEventListener("message", listen);
      frame.remove();
      opened = null;
      if (event.data.result) answer(event.data.result);
    };
    window.addEventListener("message", listen);
    opened = frame;
    frame.src = address({ ...params, channel: "pc" });
    document.body.append(frame);
  }

  window.IMP = { init, request_pay };
})();
