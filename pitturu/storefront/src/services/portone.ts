import { Problem } from "./problem.js";
import type { PortOneScript, WindowResult } from "../types/payment.js";

const SLOW = 20_000;
/** Milliseconds until a script that neither came nor failed counts as not coming. */

const scripts = new Map<string, Promise<PortOneScript>>();

/**
 * PortOne's script, loaded once a page. It cannot be opened from within a promise later on: browsers allow windows only
 * inside a click, so load it first. Throws Problem `script_blocked` or `script_slow`; the next call tries again.
 */
export function loadScript(url: string): Promise<PortOneScript> {
  const known = scripts.get(url);
  if (known) return known;
  const loading = load(url);
  scripts.set(url, loading);
  loading.catch(() => scripts.delete(url));
  return loading;
}

function load(url: string): Promise<PortOneScript> {
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
      if (window.IMP) resolve(window.IMP);
      else fail("script_blocked");
    };
    document.head.append(element);
  });
}

let initialised: string | null = null;

/**
 * Opens the payment window. Call it inside the click, with nothing awaited before. `parameters` are the server's, taken
 * as they are. The callback may never come: a phone leaves the page, a buyer closes the tab. Throws what the script
 * throws.
 */
export function openWindow(
  script: PortOneScript,
  checkout: { user_code: string; params: Readonly<Record<string, unknown>> },
  callback: (result: WindowResult) => void,
): void {
  if (initialised !== checkout.user_code) script.init(checkout.user_code);
  initialised = checkout.user_code;
  script.request_pay({ ...checkout.params }, callback);
}
