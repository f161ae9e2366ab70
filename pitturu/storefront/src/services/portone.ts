import { Problem } from "./problem.js";
import type { Checkout, V1Result, V2Result, WindowResult } from "../types/payment.js";

const SLOW = 20_000;
/** Milliseconds after which a script that neither loaded nor failed counts as not loading. */

/** Opens the payment window. Call it in the click handler, with nothing awaited before. The checkout's parameters are
the
 * server's, passed on unchanged. The promise may never settle: a phone leaves the page, a buyer closes the tab. Throws
 what
 * PortOne's script throws.
 */
export type OpenWindow = (checkout: Checkout, answer: (result: WindowResult) => void) => void;

/** PortOne's script at `url`, ready to open windows. */
export interface PortOneScript {
  url: string;
  open: OpenWindow;
}

const scripts = new Map<string, Promise<PortOneScript>>();

/**
 * PortOne's script of this checkout's generation, loaded once a page. It cannot be opened from within a promise later
 * on: browsers allow windows only inside a click, so load it first. Throws Problem `script_blocked` or `script_slow`;
 * the next call tries again.
 */
export function loadScript({ generation, script_url: url }: Checkout): Promise<PortOneScript> {
  const known = scripts.get(url);
  if (known) return known;
  const loading = load(url, generation === "v2" ? openV2 : openV1);
  scripts.set(url, loading);
  loading.catch(() => scripts.delete(url));
  return loading;
}

function load(url: string, found: () => OpenWindow | null): Promise<PortOneScript> {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    const fail = (code: string) => {
      clearTimeout(timer);
      element.remove();
      reject(new Problem(code, `${url} could not be loaded.`));
    };
    const timer = setTimeout(() => fail("script_slow"), SLOW);
    element.src = url;
    element.onerror = () => fail(navigator.onLine ? "script_blocked" : "offline");
    element.onload = () => {
      clearTimeout(timer);
      const open = found();
      if (open) resolve({ url, open });
      else fail("script_blocked");
    };
    document.head.append(element);
  });
}

let initialised: string | null = null;

function openV1(): OpenWindow | null {
  const sdk = window.IMP;
  if (!sdk) return null;
  return ({ user_code, params }, answer) => {
    if (user_code !== null && initialised !== user_code) sdk.init(user_code);
    initialised = user_code;
    sdk.request_pay({ ...params }, (result: V1Result) =>
      answer({
        attempt: typeof result.imp_uid === "string" ? result.imp_uid : null,
        failed: Boolean(result.error_code || result.error_msg),
        words: result.error_msg ?? "",
      }),
    );
  };
}

function openV2(): OpenWindow | null {
  const sdk = window.PortOne;
  if (!sdk) return null;
  return ({ params }, answer) => {
    sdk.requestPayment({ ...params }).then(
      (result: V2Result | undefined) => {
        if (result === undefined) return;
        answer({
          attempt: typeof result.txId === "string" ? result.txId : null,
          failed: result.code !== undefined,
          words: result.pgMessage ?? result.message ?? "",
        });
      },
      // Errors before the window opens are thrown, with a message for people.
      (thrown: unknown) =>
        answer({ attempt: null, failed: true, words: thrown instanceof Error ? thrown.message : String(thrown) }),
    );
  };
}
