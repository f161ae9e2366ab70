// What a shop's page loads in place of PortOne's script: `IMP.init` and `IMP.request_pay`, as V1 has them. On a
// computer the window is an overlay and calls the callback; a phone navigates to the window and returns to
// m_redirect_url.

const USER_CODE = /^imp\d{8}$/;

let userCode = null;

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
  // Never from within request_pay: the shop's code continues before it receives the result.
  const answer = (result) => setTimeout(() => typeof callback === "function" && callback(result), 0);
  const refuse = (error_msg) =>
    answer({ imp_uid: null, merchant_uid: params.merchant_uid, error_code: "F0400", error_msg });
  if (isOpen()) {
    refuse("결제창이 이미 열려 있어요. 열린 창에서 결제해 주세요. A payment window is open already; pay in that one.");
  } else if (!MOBILE) {
    overlay(address("v1", { ...params, channel: "pc" }), answer);
  } else if (!params.m_redirect_url) {
    refuse("모바일 결제에는 m_redirect_url이 필요해요. Phones come back to m_redirect_url; give one.");
  } else {
    location.assign(address("v1", { ...params, channel: "mobile" }));
  }
}

window.IMP = { init, request_pay };
