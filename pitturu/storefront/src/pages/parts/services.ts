// The shop's own pages are ordinary clients of the public API.

import { CookieLogin } from "../../services/cookieLogin.js";
import { createPaymentService } from "../../services/paymentService.js";
import { forgetAny } from "../../services/pending.js";

export const login = new CookieLogin();

export const service = createPaymentService({ auth: login });

/** The login page, with the page to return to. */
export function loginAddress(): string {
  return `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
}

/** Throws Problem when the server could not be reached: then the cookie is still there, and so is the login. */
export async function logOut(): Promise<void> {
  await login.end();
  forgetAny();
  location.assign("/");
}
