// What a shop's page loads in place of PortOne's V2 script: `PortOne.requestPayment`. On a computer the window is an
// overlay, or a popup if `windowType` says so, and the promise returns the result; a phone navigates to the window and
// returns to redirectUrl. Errors before a window opens are thrown.

const NEEDED = ["storeId", "paymentId", "orderName", "totalAmount", "currency", "payMethod"];

class PaymentError extends Error {
  constructor(code, message, paymentId) {
    super(message);
    Object.assign(this, { code, transactionType: "PAYMENT", paymentId });
  }
}

async function requestPayment(request) {
  const missing = NEEDED.filter((name) => request?.[name] === undefined);
  const refuse = (code, message) => new PaymentError(code, message, request?.paymentId);
  if (missing.length > 0) {
    throw refuse("RequestParseFailed", `결제 정보가 부족해요. Give the parameters ${missing.join(", ")}.`);
  }
  if (!request.channelKey && !request.channelGroupId) {
    throw refuse("RequestParseFailed", "채널을 알 수 없어요. Give channelKey or channelGroupId.");
  }
  if (isOpen()) {
    throw refuse("BadRequest", "결제창이 이미 열려 있어요. A payment window is open already; pay in that one.");
  }
  const { windowType, forceRedirect, ...params } = request;
  const kind = windowType?.[MOBILE ? "mobile" : "pc"] ?? (MOBILE ? "REDIRECTION" : "IFRAME");
  const src = address("v2", { ...params, channel: MOBILE ? "mobile" : "pc" });
  if (kind === "REDIRECTION" || forceRedirect) {
    if (!request.redirectUrl) {
      throw refuse("RequestParseFailed", "redirectUrl이 필요해요. A redirect comes back to redirectUrl; give one.");
    }
    location.assign(src);
    return undefined;
  }
  return new Promise((resolve, reject) => {
    if (kind !== "POPUP") overlay(src, resolve);
    else if (!popup(src, resolve)) {
      reject(refuse("BadRequest", "팝업이 막혀 있어요. The browser allows no popup; allow it for this page."));
    }
  });
}

window.PortOne = { requestPayment };
